import { i18n } from './i18n';

// ISO 3166-1. Browsers list currencies and time zones, but no countries.
const iso3166 =
  'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET ' +
  'FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY ' +
  'MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ ' +
  'TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW';

export type Code = { value: string; label: string };

const named = (codes: string[], type: 'region' | 'currency'): Code[] => {
  const names = new Intl.DisplayNames(i18n.language, { type });
  return codes.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
};

/** All countries, named as this agency's language names them. */
export const countries = (): Code[] => named(iso3166.split(' '), 'region');

/** All currencies that the browser knows, with their names. */
export const currencies = (): Code[] => named(Intl.supportedValuesOf('currency'), 'currency');

const plain = (s: string) => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that hold what is typed: the code itself first, then those that begin with it. */
export function search<C extends Code>(codes: C[], text: string): C[] {
  const q = plain(text.trim());
  const place = (c: C): number => {
    const [code = '', name = ''] = plain(c.label).split(' · ');
    return code === q ? 0 : code.startsWith(q) || name.startsWith(q) ? 1 : plain(c.label).includes(q) ? 2 : 3;
  };
  return q === '' ? codes : codes.map((c) => ({ c, at: place(c) })).filter((x) => x.at < 3).sort((a, b) => a.at - b.at).map((x) => x.c);
}
