package retainers

import "github.com/bureauhq/bureau/modules/invoicing"

// PrintWords are what a statement says on paper. A test sees that no language lacks one.
type PrintWords struct {
	Title, Known, AsOf                       string // with {from}, {to} and {day}
	Opening, Granted, Adjusted, Used, Over   string
	Expired, Closing, ClosingOpen            string
	Given, Until                             string // with {day}
	Grant, Block, Returned                   string
	Adjustment, GivenBack                    string
	Work, NoWork, Day, What, Amount, OverCol string
	Late, UsedTotal, LateTotal               string
	OverRate, OverRefuse, OverOwn, OverGiven string // what becomes of what is beyond it

	Thousands string // between the thousands of hours
}

var printWords = map[invoicing.Language]PrintWords{
	invoicing.English: {
		Title: "Retainer statement", Known: "{from} – {to}", AsOf: "{from} – {to} · as of {day}, the period is not closed yet",
		Opening: "Rolled over", Granted: "Granted", Adjusted: "Adjusted", Used: "Used", Over: "Beyond the retainer", Expired: "Expired", Closing: "Left at the end", ClosingOpen: "Left if the period ended now",
		Given: "What came in", Until: "until {day}", Grant: "Grant", Block: "Block", Returned: "Block taken back", Adjustment: "Adjustment", GivenBack: "Time given back",
		Work: "Approved work", NoWork: "No approved work yet", Day: "Day", What: "Work", Amount: "Amount", OverCol: "Beyond",
		Late: "late", UsedTotal: "Used", LateTotal: "Late, of closed periods (adjusted)",
		OverRate: "is billed at the rates of the time", OverRefuse: "is refused", OverOwn: "is billed at a rate of its own", OverGiven: "is given",
		Thousands: ",",
	},
	invoicing.German: {
		Title: "Kontingentauszug", Known: "{from} – {to}", AsOf: "{from} – {to} · Stand {day}, der Zeitraum ist noch nicht abgeschlossen",
		Opening: "Übertrag", Granted: "Gutgeschrieben", Adjusted: "Angepasst", Used: "Verbraucht", Over: "Über das Kontingent hinaus", Expired: "Verfallen", Closing: "Rest am Ende", ClosingOpen: "Rest, wenn der Zeitraum jetzt endete",
		Given: "Zugänge", Until: "bis {day}", Grant: "Kontingent", Block: "Zusatzpaket", Returned: "Zusatzpaket zurückgenommen", Adjustment: "Anpassung", GivenBack: "Zurückgegebene Zeit",
		Work: "Freigegebene Arbeit", NoWork: "Noch keine freigegebene Arbeit", Day: "Tag", What: "Arbeit", Amount: "Umfang", OverCol: "Darüber",
		Late: "nachgetragen", UsedTotal: "Verbraucht", LateTotal: "Nachgetragen, aus abgeschlossenen Zeiträumen (angepasst)",
		OverRate: "wird zu den Sätzen der Zeit berechnet", OverRefuse: "wird nicht angenommen", OverOwn: "wird zu einem eigenen Satz berechnet", OverGiven: "wird nicht berechnet",
		Thousands: ".",
	},
	invoicing.French: {
		Title: "Relevé du forfait", Known: "{from} – {to}", AsOf: "{from} – {to} · situation au {day}, la période n’est pas encore close",
		Opening: "Report", Granted: "Accordé", Adjusted: "Ajusté", Used: "Utilisé", Over: "Au-delà du forfait", Expired: "Expiré", Closing: "Reste à la fin", ClosingOpen: "Reste si la période finissait maintenant",
		Given: "Apports", Until: "jusqu’au {day}", Grant: "Forfait", Block: "Bloc prépayé", Returned: "Bloc prépayé repris", Adjustment: "Ajustement", GivenBack: "Temps rendu",
		Work: "Travaux approuvés", NoWork: "Pas encore de travaux approuvés", Day: "Jour", What: "Travaux", Amount: "Quantité", OverCol: "Au-delà",
		Late: "tardif", UsedTotal: "Utilisé", LateTotal: "Tardif, de périodes closes (ajusté)",
		OverRate: "est facturé aux tarifs du temps passé", OverRefuse: "est refusé", OverOwn: "est facturé à un tarif propre", OverGiven: "est offert",
		Thousands: "\u00a0",
	},
	invoicing.Spanish: {
		Title: "Extracto de la iguala", Known: "{from} – {to}", AsOf: "{from} – {to} · situación al {day}, el periodo aún no está cerrado",
		Opening: "Saldo anterior", Granted: "Concedido", Adjusted: "Ajustado", Used: "Utilizado", Over: "Por encima de la iguala", Expired: "Caducado", Closing: "Resto al final", ClosingOpen: "Resto si el periodo acabara ahora",
		Given: "Entradas", Until: "hasta el {day}", Grant: "Iguala", Block: "Bono prepagado", Returned: "Bono prepagado retirado", Adjustment: "Ajuste", GivenBack: "Tiempo devuelto",
		Work: "Trabajo aprobado", NoWork: "Aún no hay trabajo aprobado", Day: "Día", What: "Trabajo", Amount: "Cantidad", OverCol: "Exceso",
		Late: "tardío", UsedTotal: "Utilizado", LateTotal: "Tardío, de periodos cerrados (ajustado)",
		OverRate: "se factura a las tarifas del tiempo", OverRefuse: "se rechaza", OverOwn: "se factura a una tarifa propia", OverGiven: "no se factura",
		Thousands: ".",
	},
}

// PrintWordsIn are the words of a statement in a language; unknown ones speak English.
func PrintWordsIn(l invoicing.Language) PrintWords {
	if w, known := printWords[l]; known {
		return w
	}
	return printWords[invoicing.English]
}

// Rule says what becomes of what is beyond the retainer.
func (w PrintWords) Rule(o Overage) string {
	return map[Overage]string{AtRate: w.OverRate, Refuse: w.OverRefuse, AtOwnRate: w.OverOwn, AbsorbsOver: w.OverGiven}[o]
}
