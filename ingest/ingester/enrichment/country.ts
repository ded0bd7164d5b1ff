import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { type CountryResponse, Reader } from 'maxmind';

const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb';
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
  return (ip) => {
    const address = ip.replace(MAPPED_V4, '');
    return isIP(address) === 0 ? '' : (reader.get(address)?.country_code ?? '');
  };
}
