package einvoice

// UBL writes the Invoice or the CreditNote of OASIS UBL 2.1.
func (i Invoice) UBL() []byte {
	name, kind, due := "Invoice", "cbc:InvoiceTypeCode", ublDate("cbc:DueDate", &i.DueOn)
	if i.Type == typeCreditNote {
		name, kind, due = "CreditNote", "cbc:CreditNoteTypeCode", nil
	}
	e := group(name, leaf("cbc:CustomizationID", Guideline), leaf("cbc:ID", i.Number), ublDate("cbc:IssueDate", &i.IssueOn), due, leaf(kind, i.Type))
	for _, n := range i.Notes {
		e.add(leaf("cbc:Note", n))
	}
	e.add(leaf("cbc:DocumentCurrencyCode", i.Currency), leaf("cbc:BuyerReference", i.BuyerReference),
		group("cac:InvoicePeriod", ublDate("cbc:StartDate", i.From), ublDate("cbc:EndDate", i.To)),
		group("cac:BillingReference", group("cac:InvoiceDocumentReference", leaf("cbc:ID", i.CreditsNumber), ublDate("cbc:IssueDate", i.CreditsOn))),
		group("cac:AccountingSupplierParty", i.Seller.ubl(true)), group("cac:AccountingCustomerParty", i.Buyer.ubl(false)),
		group("cac:Delivery", ublDate("cbc:ActualDeliveryDate", i.DeliveredOn)))
	if p := i.Payment; p != nil {
		e.add(group("cac:PaymentMeans", leaf("cbc:PaymentMeansCode", p.Means), group("cac:PayeeFinancialAccount", leaf("cbc:ID", p.IBAN+p.Account),
			group("cac:FinancialInstitutionBranch", leaf("cbc:ID", p.BIC)))))
	}
	for _, a := range i.Allowances {
		e.add(a.ubl(true))
	}
	taxes := group("cac:TaxTotal", ublAmount("cbc:TaxAmount", i.Tax))
	for _, v := range i.VAT {
		taxes.add(group("cac:TaxSubtotal", ublAmount("cbc:TaxableAmount", v.Base), ublAmount("cbc:TaxAmount", v.Tax), v.ubl("cac:TaxCategory", v.ReasonID, v.Reason)))
	}
	e.add(taxes, i.ublTotal())
	for _, l := range i.Lines {
		e.add(l.ubl(name))
	}
	return document(e, "", "urn:oasis:names:specification:ubl:schema:xsd:"+name+"-2",
		"cac", "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
		"cbc", "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2")
}

func (i Invoice) ublTotal() *element {
	e := group("cac:LegalMonetaryTotal", ublAmount("cbc:LineExtensionAmount", i.LineTotal), ublAmount("cbc:TaxExclusiveAmount", i.Net), ublAmount("cbc:TaxInclusiveAmount", i.Total))
	if len(i.Allowances) > 0 {
		e.add(ublAmount("cbc:AllowanceTotalAmount", i.AllowanceTotal))
	}
	if !i.Prepaid.IsZero() {
		e.add(ublAmount("cbc:PrepaidAmount", i.Prepaid))
	}
	if !i.Rounding.IsZero() {
		e.add(ublAmount("cbc:PayableRoundingAmount", i.Rounding))
	}
	return e.add(ublAmount("cbc:PayableAmount", i.Due))
}

func (p Party) ubl(seller bool) *element {
	var contact, taxNumber *element
	if seller {
		contact = group("cac:Contact", leaf("cbc:Telephone", p.Phone), leaf("cbc:ElectronicMail", p.Email))
		taxNumber = ublTaxScheme(p.TaxNumber, "TAX")
	}
	return group("cac:Party", leaf("cbc:EndpointID", p.Email, "schemeID", "EM"),
		group("cac:PostalAddress", leaf("cbc:StreetName", p.Line1), leaf("cbc:AdditionalStreetName", p.Line2), leaf("cbc:CityName", p.City), leaf("cbc:PostalZone", p.PostalCode),
			leaf("cbc:CountrySubentity", p.Region), group("cac:Country", leaf("cbc:IdentificationCode", p.Country))),
		ublTaxScheme(p.VATID, "VAT"), taxNumber,
		group("cac:PartyLegalEntity", leaf("cbc:RegistrationName", p.Name), leaf("cbc:CompanyID", p.Registration)), contact)
}

func ublTaxScheme(id, scheme string) *element {
	if plainText(id) == "" {
		return nil
	}
	return group("cac:PartyTaxScheme", leaf("cbc:CompanyID", id), group("cac:TaxScheme", leaf("cbc:ID", scheme)))
}

func (c Category) ubl(name, reasonID, reason string) *element {
	e := group(name, leaf("cbc:ID", c.Code))
	if c.Code != NotSubject {
		e.add(number("cbc:Percent", c.Rate))
	}
	return e.add(leaf("cbc:TaxExemptionReasonCode", reasonID), leaf("cbc:TaxExemptionReason", reason), group("cac:TaxScheme", leaf("cbc:ID", "VAT")))
}

func (a Allowance) ubl(tax bool) *element {
	e := group("cac:AllowanceCharge", leaf("cbc:ChargeIndicator", "false"), leaf("cbc:AllowanceChargeReasonCode", discountCode), leaf("cbc:AllowanceChargeReason", discountReason))
	if !a.Percent.IsZero() {
		e.add(number("cbc:MultiplierFactorNumeric", a.Percent))
	}
	e.add(ublAmount("cbc:Amount", a.Amount))
	if !a.Percent.IsZero() {
		e.add(ublAmount("cbc:BaseAmount", a.Base))
	}
	if tax {
		e.add(a.Category.ubl("cac:TaxCategory", "", ""))
	}
	return e
}

func (l Line) ubl(of string) *element {
	name, quantity := "cac:InvoiceLine", "cbc:InvoicedQuantity"
	if of == "CreditNote" {
		name, quantity = "cac:CreditNoteLine", "cbc:CreditedQuantity"
	}
	e := group(name, leaf("cbc:ID", l.ID), number(quantity, l.Quantity, "unitCode", l.Unit), ublAmount("cbc:LineExtensionAmount", l.Net))
	if !l.Discount.IsZero() {
		e.add(Allowance{Amount: l.Discount, Percent: l.Percent, Base: l.Base}.ubl(false))
	}
	return e.add(group("cac:Item", leaf("cbc:Description", l.Description), leaf("cbc:Name", l.Name), l.Category.ubl("cac:ClassifiedTaxCategory", "", "")),
		group("cac:Price", leaf("cbc:PriceAmount", l.Price.String(), "currencyID", l.Net.Currency)))
}
