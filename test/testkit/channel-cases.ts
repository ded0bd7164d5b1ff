/** A landing and the channel it must give, by the rules of METRICS-SPEC §5. */
export interface ChannelCase {
  /** Query of the landing page on shop.example. */
  readonly query: string;
  readonly referrer: string;
  readonly channel: string;
}

const of = (channel: string, query: string, referrer = ''): ChannelCase => ({
  query,
  referrer,
  channel,
});

export const CHANNEL_CASES: readonly ChannelCase[] = [
  of('Cross-network', 'utm_campaign=My-Cross-Network&utm_medium=cpc&utm_source=google'),
  of('Paid Shopping', 'utm_source=amazon&utm_medium=cpc'),
  of('Paid Shopping', 'utm_source=google&utm_medium=ppc&utm_campaign=shop'),
  of('Paid Search', 'utm_source=google&utm_medium=ppc&utm_campaign=workshop'),
  of('Paid Search', 'gclid=1'),
  of('Paid Search', 'gbraid=1', 'https://www.google.de/'),
  of('Paid Search', 'msclkid=1', 'https://www.bing.com/'),
  of('Organic Search', 'gclid=1', 'https://www.bing.com/'),
  of('Paid Social', 'utm_source=fb&utm_medium=paid-social'),
  of('Organic Social', 'fbclid=1'),
  of('Paid Video', 'utm_source=youtube&utm_medium=cpc'),
  of('Display', 'utm_source=site&utm_medium=Banner'),
  of('Display', 'utm_source=site&utm_medium=cpm'),
  of('Paid Other', 'utm_source=site&utm_medium=retargeting'),
  of('Organic Shopping', 'utm_campaign=shopping'),
  of('Organic Shopping', 'utm_campaign=eshop'),
  of('Organic Shopping', '', 'https://www.amazon.co.uk/x'),
  of('Unassigned', 'utm_campaign=workshop'),
  of('Organic Social', '', 'https://t.co/x'),
  of('Organic Social', '', 'https://l.facebook.com/'),
  of('Organic Social', 'utm_medium=sm'),
  of('Organic Video', '', 'https://m.youtube.com/'),
  of('Organic Video', 'utm_medium=my-video'),
  of('AI Assistants', '', 'https://chatgpt.com/'),
  of('AI Assistants', '', 'https://gemini.google.com/app'),
  of('AI Assistants', '', 'https://copilot.microsoft.com/'),
  of('Organic Search', '', 'https://www.google.co.uk/'),
  of('Organic Search', '', 'android-app://com.google.android.googlequicksearchbox/'),
  of('Organic Search', 'utm_medium=organic'),
  of('Email', '', 'https://mail.google.com/'),
  of('Email', '', 'android-app://com.google.android.gm/'),
  of('Email', 'utm_medium=e-mail'),
  of('Email', 'utm_source=weekly+newsletter'),
  of('Affiliates', 'utm_medium=affiliate'),
  of('Audio', 'utm_medium=audio'),
  of('SMS', 'utm_source=SMS'),
  of('Mobile Push', 'utm_medium=webpush'),
  of('Mobile Push', 'utm_source=firebase'),
  of('Referral', '', 'https://google.evil.example/'),
  of('Referral', '', 'https://notshop.example/'),
  of('Referral', 'utm_medium=link'),
  of('Referral', 'utm_source=blog', 'https://other.example/'),
  of('Unassigned', 'utm_source=blog'),
  of('Unassigned', 'utm_term=x', 'https://pay.shop.example/'),
  of('Direct', '', 'https://www.shop.example/'),
  of('Direct', '', 'https://pay.shop.example/'),
  of('Direct', '', 'https://www.partner.example/'),
  of('Direct', ''),
];
