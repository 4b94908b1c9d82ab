package invoicing

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
)

// Language is one that documents and their mails are written in.
type Language string

// Languages that documents speak.
const (
	English Language = "en"
	German  Language = "de"
	French  Language = "fr"
	Spanish Language = "es"
)

// Languages are all of them.
var Languages = []Language{English, German, French, Spanish}

// Words are what a document says beside what was entered. A test sees that no language lacks one.
type Words struct {
	Agreed, Contract, BilledBefore, ThisDocument, Left    string
	Done                                                  string // of a fee by percent, with {what}, {percent} and {contract}
	Retained, Held, Released                              string // Held with {percent} and {what}, Released with {what}
	Deposit, LessDeposit, OfIt, Rounding                  string // with {number}, {day} and {net}
	Invoice, CreditNote, Draft                            string
	BillTo, Date, Due, ForInvoice, Of, Period, SupplyOn   string
	Reference, TaxID, TaxNumber                           string
	Description, Quantity, Price, Amount                  string
	Less, On                                              string // with {what}
	AfterHours, Saturday, Sunday, Holiday                 string // what hours count as
	TierUpTo, TierOver                                    string // which hours of a count, with {hours}
	TierDay, TierMonth                                    string // and what is counted
	Subtotal, Discount, Net                               string
	Total, TotalCredited, TotalInclusive, ToPay, ToCredit string
	PayBy                                                 string // with {day}
	PartOf                                                string // with {part} and {all}
	PayOnLine                                             string // with {url}
	LateInterest, LateDays, LateFee                       string // with {number}; {percent}, {per}, {from} and {to}; {days} and {base}; {day}
	LateYear, LateMonth, LateUntaxed                      string
	InBooks                                               string // with {rate}, {day}, {net}, {tax} and {total}
	InvoiceSubject, CreditSubject                         string // with {number} and {seller}
	SoonSubject, SoonLetter, LateSubject, LateLetter      string // reminders: with those of an invoice, {open} and {days}
	SampleBuyer, SampleWork                               string // lines of a sample
	InvoiceLetter, CreditLetter                           string // with {buyer}, {number}, {total}, {due} or {of}, and {seller}

	day, decimalPoint, locale string
}

var words = map[Language]Words{
	English: { //nolint:gosec // words are no credentials
		SampleBuyer: "Example Ltd\n1 Market Street\nLondon W1", SampleWork: "Design of the new website\nHosting",
		AfterHours: "after hours", Saturday: "Saturday", Sunday: "Sunday", Holiday: "public holiday",
		TierUpTo: "up to {hours} h", TierOver: "over {hours} h", TierDay: " a day", TierMonth: " a month",
		Agreed: "Agreed", Contract: "Contract", BilledBefore: "Billed before", ThisDocument: "This document", Left: "Left", Done: "{what}: {percent} % of {contract} done", Retained: "Retained", Held: "Less {percent} % retained until the end: {what}", Released: "Retained until now: {what}", Deposit: "Deposit invoice", LessDeposit: "Less deposit {number} of {day}, net {net}", OfIt: "of it", Rounding: "Rounding",
		Invoice: "Invoice", CreditNote: "Credit note", Draft: "Draft", BillTo: "BILL TO", Date: "Date", Due: "Due", ForInvoice: "For invoice", Of: "Of",
		Period: "Period", SupplyOn: "Date of supply", Reference: "Your reference", TaxID: "Tax ID", TaxNumber: "Tax number", Description: "Description", Quantity: "Quantity",
		Price: "Price", Amount: "Amount", Less: "less {what}", On: "on {what}", Subtotal: "Subtotal", Discount: "Discount", Net: "Net", Total: "Total", TotalCredited: "Total credited",
		TotalInclusive: "Total, tax included", ToPay: "To pay", ToCredit: "To your credit", PayBy: "Please pay by {day} to", PayOnLine: "You can pay on line here: {url}", PartOf: "{part} of {all} days", InBooks: "At {rate} of {day}: net {net}, tax {tax}, total {total}",
		InvoiceSubject: "Invoice {number} from {seller}", CreditSubject: "Credit note {number} from {seller}",
		SoonSubject: "Invoice {number} is due on {due}", SoonLetter: "Dear {buyer},\n\nthis is a note that invoice {number} over {total} is due on {due}; {open} is open. If you have paid already, please ignore this letter.\n\nKind regards\n{seller}\n",
		LateSubject: "Reminder: invoice {number} is overdue", LateLetter: "Dear {buyer},\n\ninvoice {number} was due on {due}, {days} days ago, and {open} is still open. Please pay it now, or tell us what is wrong with it.\n\nKind regards\n{seller}\n",
		InvoiceLetter: "Dear {buyer},\n\nplease find attached invoice {number} over {total}, due on {due}.\n\nKind regards\n{seller}\n",
		CreditLetter:  "Dear {buyer},\n\nplease find attached credit note {number} over {total} for invoice {of}.\n\nKind regards\n{seller}\n",
		LateInterest:  "Interest for late payment of invoice {number}, {percent} % {per}, {from} to {to}", LateDays: "Days with {base} open: {days}", LateFee: "Fee for the reminder of {day}, invoice {number}",
		LateYear: "a year", LateMonth: "a month", LateUntaxed: "Late fees are compensation for late payment and not subject to VAT.",
		day: "2 Jan 2006", decimalPoint: ".", locale: "en-GB",
	},
	German: { //nolint:gosec // words are no credentials
		SampleBuyer: "Muster GmbH\nMarktstraße 1\n10115 Berlin", SampleWork: "Gestaltung der neuen Website\nBereitstellung",
		AfterHours: "außerhalb der Geschäftszeiten", Saturday: "Samstag", Sunday: "Sonntag", Holiday: "Feiertag",
		TierUpTo: "bis {hours} Std.", TierOver: "über {hours} Std.", TierDay: " am Tag", TierMonth: " im Monat",
		Agreed: "Vereinbart", Contract: "Auftrag", BilledBefore: "Bisher berechnet", ThisDocument: "Diese Rechnung", Left: "Offen", Done: "{what}: {percent} % von {contract} erbracht", Retained: "Einbehalten", Held: "Abzüglich {percent} % Einbehalt bis zum Abschluss: {what}", Released: "Bisheriger Einbehalt: {what}", Deposit: "Anzahlungsrechnung", LessDeposit: "Abzüglich Anzahlung {number} vom {day}, netto {net}", OfIt: "davon", Rounding: "Rundung",
		Invoice: "Rechnung", CreditNote: "Gutschrift", Draft: "Entwurf", BillTo: "RECHNUNG AN", Date: "Datum", Due: "Fällig", ForInvoice: "Zu Rechnung", Of: "Vom",
		Period: "Zeitraum", SupplyOn: "Leistungsdatum", Reference: "Ihr Zeichen", TaxID: "USt-IdNr.", TaxNumber: "Steuernummer", Description: "Beschreibung", Quantity: "Menge",
		Price: "Preis", Amount: "Betrag", Less: "abzüglich {what}", On: "auf {what}", Subtotal: "Zwischensumme", Discount: "Rabatt", Net: "Netto", Total: "Gesamt", TotalCredited: "Gutgeschrieben",
		TotalInclusive: "Gesamt inkl. Steuer", ToPay: "Zu zahlen", ToCredit: "Ihr Guthaben", PayBy: "Bitte zahlen Sie bis {day} an", PayOnLine: "Hier können Sie online bezahlen: {url}", PartOf: "{part} von {all} Tagen", InBooks: "Zum Kurs {rate} vom {day}: netto {net}, Steuer {tax}, gesamt {total}",
		InvoiceSubject: "Rechnung {number} von {seller}", CreditSubject: "Gutschrift {number} von {seller}",
		SoonSubject: "Rechnung {number} ist am {due} fällig", SoonLetter: "Guten Tag {buyer},\n\nwir erinnern freundlich daran, dass die Rechnung {number} über {total} am {due} fällig ist; offen sind {open}. Falls Sie bereits bezahlt haben, betrachten Sie dieses Schreiben als gegenstandslos.\n\nMit freundlichen Grüßen\n{seller}\n",
		LateSubject: "Zahlungserinnerung: Rechnung {number}", LateLetter: "Guten Tag {buyer},\n\ndie Rechnung {number} war am {due} fällig, vor {days} Tagen, und {open} sind noch offen. Bitte zahlen Sie jetzt, oder sagen Sie uns, was daran nicht stimmt.\n\nMit freundlichen Grüßen\n{seller}\n",
		InvoiceLetter: "Guten Tag {buyer},\n\nanbei erhalten Sie die Rechnung {number} über {total}, fällig am {due}.\n\nMit freundlichen Grüßen\n{seller}\n",
		CreditLetter:  "Guten Tag {buyer},\n\nanbei erhalten Sie die Gutschrift {number} über {total} zur Rechnung {of}.\n\nMit freundlichen Grüßen\n{seller}\n",
		LateInterest:  "Verzugszinsen zur Rechnung {number}, {percent} % {per}, {from} bis {to}", LateDays: "Tage mit offenen {base}: {days}", LateFee: "Mahngebühr zur Mahnung vom {day}, Rechnung {number}",
		LateYear: "im Jahr", LateMonth: "im Monat", LateUntaxed: "Verzugszinsen und Mahngebühren sind Schadenersatz und nicht umsatzsteuerbar.",
		day: "02.01.2006", decimalPoint: ",", locale: "de-DE",
	},
	French: { //nolint:gosec // words are no credentials
		SampleBuyer: "Modèle SARL\n1, rue du Marché\n75001 Paris", SampleWork: "Conception du nouveau site web\nHébergement",
		AfterHours: "hors heures ouvrées", Saturday: "samedi", Sunday: "dimanche", Holiday: "jour férié",
		TierUpTo: "jusqu’à {hours} h", TierOver: "au-delà de {hours} h", TierDay: " par jour", TierMonth: " par mois",
		Agreed: "Convenu", Contract: "Contrat", BilledBefore: "Déjà facturé", ThisDocument: "Ce document", Left: "Reste", Done: "{what} : {percent} % de {contract} réalisés", Retained: "Retenu", Held: "Moins {percent} % de retenue de garantie jusqu’à la fin : {what}", Released: "Retenue de garantie libérée : {what}", Deposit: "Facture d’acompte", LessDeposit: "Moins acompte {number} du {day}, HT {net}", OfIt: "de celui-ci", Rounding: "Arrondi",
		Invoice: "Facture", CreditNote: "Avoir", Draft: "Brouillon", BillTo: "FACTURÉ À", Date: "Date", Due: "Échéance", ForInvoice: "Sur facture", Of: "Du",
		Period: "Période", SupplyOn: "Date de livraison", Reference: "Votre référence", TaxID: "N° TVA", TaxNumber: "N° fiscal", Description: "Désignation", Quantity: "Quantité",
		Price: "Prix", Amount: "Montant", Less: "moins {what}", On: "sur {what}", Subtotal: "Sous-total", Discount: "Remise", Net: "Total HT", Total: "Total TTC", TotalCredited: "Total crédité",
		TotalInclusive: "Total, taxes comprises", ToPay: "À payer", ToCredit: "À votre crédit", PayBy: "À régler avant le {day} sur", PayOnLine: "Vous pouvez payer en ligne ici : {url}", PartOf: "{part} jours sur {all}", InBooks: "Au cours {rate} du {day} : HT {net}, taxe {tax}, TTC {total}",
		InvoiceSubject: "Facture {number} de {seller}", CreditSubject: "Avoir {number} de {seller}",
		SoonSubject: "La facture {number} arrive à échéance le {due}", SoonLetter: "Bonjour {buyer},\n\nnous vous rappelons que la facture {number} d’un montant de {total} est à régler avant le {due} ; il reste {open}. Si vous avez déjà payé, merci de ne pas tenir compte de ce message.\n\nCordialement\n{seller}\n",
		LateSubject: "Rappel : facture {number} impayée", LateLetter: "Bonjour {buyer},\n\nla facture {number} était à régler le {due}, il y a {days} jours, et {open} reste dû. Merci de la régler maintenant, ou de nous dire ce qui ne va pas.\n\nCordialement\n{seller}\n",
		InvoiceLetter: "Bonjour {buyer},\n\nveuillez trouver ci-joint la facture {number} d’un montant de {total}, à régler avant le {due}.\n\nCordialement\n{seller}\n",
		CreditLetter:  "Bonjour {buyer},\n\nveuillez trouver ci-joint l’avoir {number} d’un montant de {total} sur la facture {of}.\n\nCordialement\n{seller}\n",
		LateInterest:  "Pénalités de retard sur la facture {number}, {percent} % {per}, du {from} au {to}", LateDays: "Jours avec {base} impayés : {days}", LateFee: "Frais de rappel du {day}, facture {number}",
		LateYear: "par an", LateMonth: "par mois", LateUntaxed: "Les pénalités et frais de retard indemnisent un préjudice et ne sont pas soumis à la TVA.",
		day: "02/01/2006", decimalPoint: ",", locale: "fr-FR",
	},
	Spanish: { //nolint:gosec // words are no credentials
		SampleBuyer: "Ejemplo S.L.\nCalle del Mercado 1\n28001 Madrid", SampleWork: "Diseño del nuevo sitio web\nAlojamiento",
		AfterHours: "fuera de horario", Saturday: "sábado", Sunday: "domingo", Holiday: "festivo",
		TierUpTo: "hasta {hours} h", TierOver: "más de {hours} h", TierDay: " al día", TierMonth: " al mes",
		Agreed: "Acordado", Contract: "Contrato", BilledBefore: "Ya facturado", ThisDocument: "Este documento", Left: "Pendiente", Done: "{what}: {percent} % de {contract} realizado", Retained: "Retenido", Held: "Menos {percent} % de retención de garantía hasta el final: {what}", Released: "Retención de garantía liberada: {what}", Deposit: "Factura de anticipo", LessDeposit: "Menos anticipo {number} del {day}, base {net}", OfIt: "de este", Rounding: "Redondeo",
		Invoice: "Factura", CreditNote: "Factura rectificativa", Draft: "Borrador", BillTo: "FACTURAR A", Date: "Fecha", Due: "Vencimiento", ForInvoice: "De la factura", Of: "Del",
		Period: "Periodo", SupplyOn: "Fecha de la operación", Reference: "Su referencia", TaxID: "NIF-IVA", TaxNumber: "NIF", Description: "Descripción", Quantity: "Cantidad",
		Price: "Precio", Amount: "Importe", Less: "menos {what}", On: "sobre {what}", Subtotal: "Subtotal", Discount: "Descuento", Net: "Base imponible", Total: "Total", TotalCredited: "Total abonado",
		TotalInclusive: "Total, impuestos incluidos", ToPay: "A pagar", ToCredit: "A su favor", PayBy: "Rogamos pago antes del {day} a", PayOnLine: "Puede pagar en línea aquí: {url}", PartOf: "{part} de {all} días", InBooks: "Al cambio {rate} del {day}: base {net}, impuesto {tax}, total {total}",
		InvoiceSubject: "Factura {number} de {seller}", CreditSubject: "Factura rectificativa {number} de {seller}",
		SoonSubject: "La factura {number} vence el {due}", SoonLetter: "Estimados {buyer}:\n\nles recordamos que la factura {number} por {total} vence el {due}; quedan {open} por pagar. Si ya han pagado, no tengan en cuenta este mensaje.\n\nAtentamente\n{seller}\n",
		LateSubject: "Recordatorio: factura {number} vencida", LateLetter: "Estimados {buyer}:\n\nla factura {number} venció el {due}, hace {days} días, y quedan {open} por pagar. Rogamos su pago ahora, o que nos digan qué no es correcto.\n\nAtentamente\n{seller}\n",
		InvoiceLetter: "Estimados {buyer}:\n\nadjuntamos la factura {number} por {total}, con vencimiento el {due}.\n\nAtentamente\n{seller}\n",
		CreditLetter:  "Estimados {buyer}:\n\nadjuntamos la factura rectificativa {number} por {total} de la factura {of}.\n\nAtentamente\n{seller}\n",
		LateInterest:  "Intereses de demora de la factura {number}, {percent} % {per}, del {from} al {to}", LateDays: "Días con {base} pendientes: {days}", LateFee: "Gastos del recordatorio del {day}, factura {number}",
		LateYear: "al año", LateMonth: "al mes", LateUntaxed: "Los intereses y gastos de demora son una indemnización y no están sujetos a IVA.",
		day: "02/01/2006", decimalPoint: ",", locale: "es-ES",
	},
}

// WordsIn are the words of a language; unknown ones speak English.
func WordsIn(l Language) Words {
	if w, known := words[l]; known {
		return w
	}
	return words[English]
}

// Day writes a date.
func (w Words) Day(d day.Date) string { return d.Format(w.day) }

// Number writes a quantity or a percentage with all its places.
func (w Words) Number(d decimal.Decimal) string {
	return strings.Replace(d.String(), ".", w.decimalPoint, 1)
}

// Fill puts values in the places of a sentence: Fill(w.PayBy, "day", "2 Jan 2026").
func Fill(sentence string, values ...string) string {
	for n := 0; n+1 < len(values); n += 2 {
		values[n] = "{" + values[n] + "}"
	}
	return strings.NewReplacer(values...).Replace(sentence)
}

// localeFor is how a language writes money: as the agency does if that is its language, else as it is usual.
func localeFor(l Language, agency string) string {
	if strings.HasPrefix(agency, string(l)) {
		return agency
	}
	return WordsIn(l).locale
}
