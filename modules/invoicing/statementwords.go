package invoicing

// StatementWords are what a statement says. A test sees that no language lacks one.
type StatementWords struct {
	Statement, KnownAt, Nothing             string // with {from} and {to}
	What, Amount, Balance, Opening, Closing string
	Due, Open, DaysLate, Of, Credit         string
	NotDue, To30, To60, To90, Over90        string
	Invoice, Deposit, LateFee               string
	Void, Payment, CreditNote               string
	PaymentVoid, Refund, RefundUndone       string
	WriteOff, WriteOffUndone                string

	Subject, Letter, NothingOpen string // of its mail, with {buyer}, {seller}, {from} and {to}; Letter with {open} and {late} too
}

var statementWords = map[Language]StatementWords{
	English: {
		Statement: "Statement", KnownAt: "{from} – {to} · as known at the end of {to}", Nothing: "Nothing was billed and nothing is open.",
		What: "What", Amount: "Amount", Balance: "Balance", Opening: "Opening balance", Closing: "Closing balance",
		Due: "Due", Open: "Open", DaysLate: "Days late", Of: "Of", Credit: "Credit that is applied to nothing yet",
		NotDue: "Not due", To30: "1–30 days", To60: "31–60 days", To90: "61–90 days", Over90: "Over 90 days",
		Invoice: "Invoice", Deposit: "Deposit invoice", LateFee: "Late fee", Void: "Voided", Payment: "Payment", CreditNote: "Credit note",
		PaymentVoid: "Payment taken back", Refund: "Refund", RefundUndone: "Refund not arrived", WriteOff: "Written off", WriteOffUndone: "Write-off undone",
		Subject: "Statement of account from {seller}, {to}", Letter: "Dear {buyer},\n\nplease find attached your statement of account from {from} to {to}. {open} was open then, of which {late} was overdue. If you have paid meanwhile, please ignore this message.\n\nKind regards\n{seller}\n",
		NothingOpen: "Dear {buyer},\n\nplease find attached your statement of account from {from} to {to}. Nothing was open then.\n\nKind regards\n{seller}\n",
	},
	German: { //nolint:gosec // words are no credentials
		Statement: "Kontoauszug", KnownAt: "{from} – {to} · Stand am Ende des {to}", Nothing: "Es wurde nichts berechnet, und nichts ist offen.",
		What: "Vorgang", Amount: "Betrag", Balance: "Saldo", Opening: "Anfangssaldo", Closing: "Endsaldo",
		Due: "Fällig", Open: "Offen", DaysLate: "Tage überfällig", Of: "Von", Credit: "Guthaben, das noch nicht zugeordnet ist",
		NotDue: "Nicht fällig", To30: "1–30 Tage", To60: "31–60 Tage", To90: "61–90 Tage", Over90: "Über 90 Tage",
		Invoice: "Rechnung", Deposit: "Anzahlungsrechnung", LateFee: "Verzugskosten", Void: "Storniert", Payment: "Zahlung", CreditNote: "Gutschrift",
		PaymentVoid: "Zahlung zurückgenommen", Refund: "Erstattung", RefundUndone: "Erstattung nicht angekommen", WriteOff: "Ausgebucht", WriteOffUndone: "Ausbuchung aufgehoben",
		Subject: "Kontoauszug von {seller}, {to}", Letter: "Guten Tag {buyer},\n\nanbei erhalten Sie Ihren Kontoauszug vom {from} bis zum {to}. Zu diesem Tag waren {open} offen, davon {late} überfällig. Falls Sie inzwischen gezahlt haben, ist diese Nachricht gegenstandslos.\n\nMit freundlichen Grüßen\n{seller}\n",
		NothingOpen: "Guten Tag {buyer},\n\nanbei erhalten Sie Ihren Kontoauszug vom {from} bis zum {to}. Zu diesem Tag war nichts offen.\n\nMit freundlichen Grüßen\n{seller}\n",
	},
	French: { //nolint:gosec // words are no credentials
		Statement: "Relevé de compte", KnownAt: "{from} – {to} · situation à la fin du {to}", Nothing: "Rien n’a été facturé et rien n’est dû.",
		What: "Opération", Amount: "Montant", Balance: "Solde", Opening: "Solde initial", Closing: "Solde final",
		Due: "Échéance", Open: "Reste dû", DaysLate: "Jours de retard", Of: "Sur", Credit: "Crédit pas encore affecté",
		NotDue: "Non échu", To30: "1–30 jours", To60: "31–60 jours", To90: "61–90 jours", Over90: "Plus de 90 jours",
		Invoice: "Facture", Deposit: "Facture d’acompte", LateFee: "Frais de retard", Void: "Annulée", Payment: "Paiement", CreditNote: "Avoir",
		PaymentVoid: "Paiement annulé", Refund: "Remboursement", RefundUndone: "Remboursement non arrivé", WriteOff: "Passé en perte", WriteOffUndone: "Perte annulée",
		Subject: "Relevé de compte de {seller}, {to}", Letter: "Bonjour {buyer},\n\nveuillez trouver ci-joint votre relevé de compte du {from} au {to}. À cette date, {open} restait dû, dont {late} en retard. Si vous avez réglé entre-temps, merci de ne pas tenir compte de ce message.\n\nCordialement\n{seller}\n",
		NothingOpen: "Bonjour {buyer},\n\nveuillez trouver ci-joint votre relevé de compte du {from} au {to}. À cette date, rien ne restait dû.\n\nCordialement\n{seller}\n",
	},
	Spanish: { //nolint:gosec // words are no credentials
		Statement: "Estado de cuenta", KnownAt: "{from} – {to} · situación al final del {to}", Nothing: "No se ha facturado nada y no hay nada pendiente.",
		What: "Concepto", Amount: "Importe", Balance: "Saldo", Opening: "Saldo inicial", Closing: "Saldo final",
		Due: "Vencimiento", Open: "Pendiente", DaysLate: "Días de retraso", Of: "De", Credit: "Saldo a favor sin aplicar",
		NotDue: "No vencido", To30: "1–30 días", To60: "31–60 días", To90: "61–90 días", Over90: "Más de 90 días",
		Invoice: "Factura", Deposit: "Factura de anticipo", LateFee: "Recargo por demora", Void: "Anulada", Payment: "Pago", CreditNote: "Factura rectificativa",
		PaymentVoid: "Pago anulado", Refund: "Reembolso", RefundUndone: "Reembolso no recibido", WriteOff: "Dado de baja", WriteOffUndone: "Baja anulada",
		Subject: "Estado de cuenta de {seller}, {to}", Letter: "Estimados {buyer}:\n\nadjuntamos su estado de cuenta del {from} al {to}. A esa fecha quedaban {open} pendientes, de los cuales {late} vencidos. Si ya han pagado, no tengan en cuenta este mensaje.\n\nAtentamente\n{seller}\n",
		NothingOpen: "Estimados {buyer}:\n\nadjuntamos su estado de cuenta del {from} al {to}. A esa fecha no quedaba nada pendiente.\n\nAtentamente\n{seller}\n",
	},
}

// StatementWordsIn are the words of a statement in a language; unknown ones speak English.
func StatementWordsIn(l Language) StatementWords {
	if w, known := statementWords[l]; known {
		return w
	}
	return statementWords[English]
}

// Ages name the buckets of a statement.
func (w StatementWords) Ages() [5]string {
	return [5]string{w.NotDue, w.To30, w.To60, w.To90, w.Over90}
}

// Movement names what changed a balance.
func (w StatementWords) Movement(k MovementKind) string {
	return map[MovementKind]string{
		"invoice": w.Invoice, "deposit": w.Deposit, "late_fee": w.LateFee, "void": w.Void, "payment": w.Payment, "credit_note": w.CreditNote, "payment_void": w.PaymentVoid,
		"refund": w.Refund, "refund_undone": w.RefundUndone, "write_off": w.WriteOff, "write_off_undone": w.WriteOffUndone,
	}[k]
}
