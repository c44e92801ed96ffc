package control

import "strings"

// isCountry reports an officially assigned ISO 3166-1 alpha-2 code, in capitals (list of 2024, 249 codes).
func isCountry(code string) bool {
	const codes = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ" +
		" CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR" +
		" GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP" +
		" KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ" +
		" NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW" +
		" SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ" +
		" UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
	return len(code) == 2 && strings.Contains(codes, " "+code+" ")
}

// isEEA reports the member states of the European Economic Area (2026), among which personal data moves
// without a transfer mechanism (GDPR chapter V applies to third countries).
func isEEA(code string) bool {
	const codes = " AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK "
	return len(code) == 2 && strings.Contains(codes, " "+code+" ")
}

// countryMend says what is probably meant by a word that is no country code.
func countryMend(word string) string {
	upper := strings.ToUpper(strings.TrimSpace(word))
	switch {
	case upper == "UK":
		return "write GB, the code of the United Kingdom"
	case upper == "EL":
		return "write GR, the code of Greece"
	case upper == "EU" || upper == "EEA" || upper == "EWR":
		return "name the countries one by one: a union has no code, and its members may change"
	case isCountry(upper):
		return "write " + upper
	}
	return "write the ISO 3166-1 code of two capitals, for example IE"
}
