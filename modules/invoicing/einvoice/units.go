package einvoice

import (
	"regexp"
	"strings"
)

// units are the codes of UN/ECE recommendation 20 for what people write on lines.
var units = map[string]string{
	"": "C62", "1": "C62", "unit": "C62", "units": "C62", "x": "C62", "einheit": "C62", "unité": "C62", "unidad": "C62",
	"pc": "H87", "pcs": "H87", "piece": "H87", "pieces": "H87", "stk": "H87", "stück": "H87", "pièce": "H87", "pieza": "H87", "ea": "H87", "each": "H87", "item": "H87", "items": "H87",
	"licence": "H87", "license": "H87", "licences": "H87", "licenses": "H87", "seat": "H87", "seats": "H87", "user": "H87", "users": "H87",
	"h": "HUR", "hr": "HUR", "hrs": "HUR", "hour": "HUR", "hours": "HUR", "std": "HUR", "stunde": "HUR", "stunden": "HUR", "heure": "HUR", "heures": "HUR", "hora": "HUR", "horas": "HUR",
	"min": "MIN", "minute": "MIN", "minutes": "MIN",
	"d": "DAY", "day": "DAY", "days": "DAY", "tag": "DAY", "tage": "DAY", "pt": "DAY", "jour": "DAY", "jours": "DAY", "día": "DAY", "días": "DAY",
	"week": "WEE", "weeks": "WEE", "woche": "WEE", "wochen": "WEE", "semaine": "WEE", "semana": "WEE",
	"month": "MON", "months": "MON", "monat": "MON", "monate": "MON", "mois": "MON", "mes": "MON", "meses": "MON",
	"year": "ANN", "years": "ANN", "jahr": "ANN", "jahre": "ANN", "an": "ANN", "année": "ANN", "año": "ANN", "años": "ANN",
	"km": "KMT", "mi": "SMI", "mile": "SMI", "miles": "SMI", "m": "MTR", "kg": "KGM", "gb": "E34", "tb": "E35", "mb": "4L",
	"flat": "LS", "lump sum": "LS", "pauschal": "LS", "pauschale": "LS", "psch": "LS", "forfait": "LS", "fixed": "LS", "set": "SET", "%": "P1",
}

var rawUnit = regexp.MustCompile(`^[A-Z0-9]{2,3}$`)

// unitCode finds the code of a unit. Codes themselves pass; the rules know which there are.
func unitCode(unit string) string {
	unit = strings.TrimSpace(unit)
	if code, known := units[strings.TrimSuffix(strings.ToLower(unit), ".")]; known {
		return code
	}
	if rawUnit.MatchString(unit) {
		return unit
	}
	return ""
}
