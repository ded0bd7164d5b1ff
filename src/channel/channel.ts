/** Default channel groups (METRICS-SPEC §5), in the order in which their rules are tried. */
export const CHANNELS = [
  'Cross-network',
  'Paid Shopping',
  'Paid Search',
  'Paid Social',
  'Paid Video',
  'Display',
  'Paid Other',
  'Organic Shopping',
  'Organic Social',
  'Organic Video',
  'AI Assistants',
  'Organic Search',
  'Email',
  'Affiliates',
  'Audio',
  'SMS',
  'Mobile Push',
  'Referral',
  'Unassigned',
  'Direct',
] as const;

export type Channel = (typeof CHANNELS)[number];

/** RE2: media that are paid for. */
export const PAID_MEDIUM = '^(.*cp.*|ppc|retargeting|paid.*)$';

/** RE2: campaigns of a shop; `eshop` counts, `workshop` does not. */
export const SHOP_CAMPAIGN = '^(.*(([^a-df-z]|^)shop|shopping).*)$';

/** RE2: a source or medium that names mail. */
export const MAIL_WORD = 'email|e-mail|e_mail|e mail|newsletter';

export const DISPLAY_MEDIA: readonly string[] = [
  'display',
  'banner',
  'expandable',
  'interstitial',
  'cpm',
];

export const SOCIAL_MEDIA: readonly string[] = [
  'social',
  'social-network',
  'social-media',
  'sm',
  'social network',
  'social media',
];

/** The source a click id stands for when no other is known. */
export const CLICK_ID_SOURCES: Readonly<Record<string, string>> = {
  gclid: 'google',
  gbraid: 'google',
  wbraid: 'google',
  msclkid: 'bing',
  fbclid: 'facebook',
};

/** Click ids that only paid results carry, by the engine that sets them. */
export const PAID_CLICK_IDS: Readonly<Record<string, readonly string[]>> = {
  google: ['gclid', 'gbraid', 'wbraid'],
  bing: ['msclkid'],
};
