// What documents say beside what was entered, in the languages that they are written in. The PDF has the same words.
const en = {
  invoice: 'Invoice', creditNote: 'Credit note', credits: 'For invoice', totalCredited: 'Total credited', toCredit: 'To your credit', draft: 'Draft', billTo: 'Bill to',
  date: 'Date', due: 'Due', period: 'Period', supply: 'Date of supply', reference: 'Your reference', lines: 'Lines', description: 'Description', quantity: 'Quantity',
  price: 'Price', amount: 'Amount', less: 'less {{what}}', pay: 'Please pay by {{day}} to', taxId: 'Tax ID {{id}}', inclusive: 'Total, tax included', subtotal: 'Subtotal',
  discount: 'Discount', discountOf: 'Discount {{percent}} %', net: 'Net', tax: '{{name}} {{percent}} %', on: '{{name}} {{percent}} % on {{base}}', total: 'Total',
  payable: 'To pay', depositInvoice: 'Deposit invoice', deposit: 'Less deposit {{number}} of {{day}}, net {{net}}', depositTax: '{{name}} {{percent}} % of it', rounding: 'Rounding',
  inBooks: 'At {{rate}} of {{day}}: net {{net}}, tax {{tax}}, total {{total}}', agreed: 'Agreed', contract: 'Contract', before: 'Billed before', now: 'This document', retained: 'Retained', left: 'Left',
};

export type Word = keyof typeof en;

export const words: Record<string, Record<Word, string>> = {
en,
de: {
  invoice: 'Rechnung', creditNote: 'Gutschrift', credits: 'Zu Rechnung', totalCredited: 'Gutgeschrieben', toCredit: 'Ihr Guthaben', draft: 'Entwurf',
  billTo: 'Rechnung an', date: 'Datum', due: 'Fällig', period: 'Zeitraum', supply: 'Leistungsdatum', reference: 'Ihr Zeichen', lines: 'Positionen',
  description: 'Beschreibung', quantity: 'Menge', price: 'Preis', amount: 'Betrag', less: 'abzüglich {{what}}', pay: 'Bitte zahlen Sie bis {{day}} an',
  taxId: 'USt-IdNr. {{id}}', inclusive: 'Gesamt inkl. Steuer', subtotal: 'Zwischensumme', discount: 'Rabatt', discountOf: 'Rabatt {{percent}} %', net: 'Netto',
  tax: '{{name}} {{percent}} %', on: '{{name}} {{percent}} % auf {{base}}', total: 'Gesamt', payable: 'Zu zahlen', depositInvoice: 'Anzahlungsrechnung', deposit: 'Abzüglich Anzahlung {{number}} vom {{day}}, netto {{net}}', depositTax: '{{name}} {{percent}} % davon', rounding: 'Rundung',
  inBooks: 'Zum Kurs {{rate}} vom {{day}}: netto {{net}}, Steuer {{tax}}, gesamt {{total}}', agreed: 'Vereinbart', contract: 'Auftrag', before: 'Bisher berechnet', now: 'Diese Rechnung', retained: 'Einbehalten', left: 'Offen',
},
fr: {
  invoice: 'Facture', creditNote: 'Avoir', credits: 'Sur facture', totalCredited: 'Total crédité', toCredit: 'À votre crédit', draft: 'Brouillon', billTo: 'Facturé à',
  date: 'Date', due: 'Échéance', period: 'Période', supply: 'Date de livraison', reference: 'Votre référence', lines: 'Lignes', description: 'Désignation',
  quantity: 'Quantité', price: 'Prix', amount: 'Montant', less: 'moins {{what}}', pay: 'À régler avant le {{day}} sur', taxId: 'N° TVA {{id}}',
  inclusive: 'Total, taxes comprises', subtotal: 'Sous-total', discount: 'Remise', discountOf: 'Remise {{percent}} %', net: 'Total HT', tax: '{{name}} {{percent}} %',
  on: '{{name}} {{percent}} % sur {{base}}', total: 'Total TTC', payable: 'À payer', depositInvoice: 'Facture d’acompte', deposit: 'Moins acompte {{number}} du {{day}}, HT {{net}}', depositTax: '{{name}} {{percent}} % de celui-ci', rounding: 'Arrondi',
  inBooks: 'Au cours {{rate}} du {{day}} : HT {{net}}, taxe {{tax}}, TTC {{total}}', agreed: 'Convenu', contract: 'Contrat', before: 'Déjà facturé', now: 'Ce document', retained: 'Retenu', left: 'Reste',
},
es: {
  invoice: 'Factura', creditNote: 'Factura rectificativa', credits: 'De la factura', totalCredited: 'Total abonado', toCredit: 'A su favor', draft: 'Borrador',
  billTo: 'Facturar a', date: 'Fecha', due: 'Vencimiento', period: 'Periodo', supply: 'Fecha de la operación', reference: 'Su referencia', lines: 'Líneas',
  description: 'Descripción', quantity: 'Cantidad', price: 'Precio', amount: 'Importe', less: 'menos {{what}}', pay: 'Rogamos pago antes del {{day}} a',
  taxId: 'NIF-IVA {{id}}', inclusive: 'Total, impuestos incluidos', subtotal: 'Subtotal', discount: 'Descuento', discountOf: 'Descuento {{percent}} %',
  net: 'Base imponible', tax: '{{name}} {{percent}} %', on: '{{name}} {{percent}} % sobre {{base}}', total: 'Total', payable: 'A pagar', depositInvoice: 'Factura de anticipo', deposit: 'Menos anticipo {{number}} del {{day}}, base {{net}}', depositTax: '{{name}} {{percent}} % de este', rounding: 'Redondeo',
  inBooks: 'Al cambio {{rate}} del {{day}}: base {{net}}, impuesto {{tax}}, total {{total}}', agreed: 'Acordado', contract: 'Contrato', before: 'Ya facturado', now: 'Este documento', retained: 'Retenido', left: 'Pendiente',
},
};

/** Says a word of a document in its language. */
export function say(language: string | undefined, word: Word, values: Record<string, string> = {}): string {
  const text = (words[language ?? 'en'] ?? en)[word];
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}
