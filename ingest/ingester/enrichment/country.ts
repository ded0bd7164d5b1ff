import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { BlockList, isIP } from 'node:net';
import { type CountryResponse, Reader } from 'maxmind';

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
/**
 * Networks of no country, though the database names one for some of them: the IANA special-purpose
 * address registries (RFC 6890) and multicast.
 */
const SPECIAL_NETWORKS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/127',
  '100::/64',
  '2001:db8::/32',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
] as const;
const MAPPED_V4 = /^::ffff:(?=\d+\.)/i;

/** What this database holds per network; flatter than the vendor's own files. */
interface CountryRecord extends CountryResponse {
  readonly country_code?: string;
}

/**
 * Loads the country database (8 MB, once per call) and returns its look-up: address → ISO 3166-1
 * alpha-2 code in upper case; empty for private, unassigned and malformed addresses.
 *
 * The data is that of the Number Resource Organization (nro.net, CC BY 4.0), compiled by the
 * ip-location-db project (CC0).
 */
export function createCountryLookup(): (ip: string) => string {
  const path = createRequire(import.meta.url).resolve(DATABASE);
  const reader = new Reader<CountryRecord>(readFileSync(path));
  const special = new BlockList();
  for (const network of SPECIAL_NETWORKS) {
    const [address = '', prefix] = network.split('/');
    special.addSubnet(address, Number(prefix), familyOf(address));
  }
  return (ip) => {
    const address = ip.replace(MAPPED_V4, '');
    if (isIP(address) === 0 || special.check(address, familyOf(address))) return '';
    return reader.get(address)?.country_code ?? '';
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
