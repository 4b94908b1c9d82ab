package einvoice

import "strings"

// Guideline is the specification that documents keep to: BT-24. Factur-X calls it the profile EN 16931.
const Guideline = "urn:cen.eu:en16931:2017"

// CII writes the Cross Industry Invoice of UN/CEFACT, D16B.
func (i Invoice) CII() []byte {
	trade := &element{name: "rsm:SupplyChainTradeTransaction"}
	for _, l := range i.Lines {
		trade.add(l.cii())
	}
	trade.add(group("ram:ApplicableHeaderTradeAgreement", leaf("ram:BuyerReference", i.BuyerReference),
		i.Seller.cii("ram:SellerTradeParty", true), i.Buyer.cii("ram:BuyerTradeParty", false)))
	delivery := &element{name: "ram:ApplicableHeaderTradeDelivery"} // it must stand, if with nothing in it
	delivery.add(group("ram:ActualDeliverySupplyChainEvent", ciiDate("ram:OccurrenceDateTime", "udt:DateTimeString", i.DeliveredOn)))
	trade.add(delivery, i.ciiSettlement())
	head := group("rsm:ExchangedDocument", leaf("ram:ID", i.Number), leaf("ram:TypeCode", i.Type), ciiDate("ram:IssueDateTime", "udt:DateTimeString", &i.IssueOn))
	for _, n := range i.Notes {
		head.add(group("ram:IncludedNote", leaf("ram:Content", n)))
	}
	return document(group("rsm:CrossIndustryInvoice",
		group("rsm:ExchangedDocumentContext", group("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", Guideline))), head, trade),
		"rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
		"ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
		"qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
		"udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
	)
}

func (p Party) cii(name string, seller bool) *element {
	var contact *element
	if seller {
		contact = group("ram:DefinedTradeContact", group("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", p.Phone)),
			group("ram:EmailURIUniversalCommunication", leaf("ram:URIID", p.Email)))
	}
	e := group(name, leaf("ram:Name", p.Name), group("ram:SpecifiedLegalOrganization", leaf("ram:ID", p.Registration)), contact,
		group("ram:PostalTradeAddress", leaf("ram:PostcodeCode", p.PostalCode), leaf("ram:LineOne", p.Line1), leaf("ram:LineTwo", p.Line2),
			leaf("ram:CityName", p.City), leaf("ram:CountryID", p.Country), leaf("ram:CountrySubDivisionName", p.Region)),
		group("ram:URIUniversalCommunication", leaf("ram:URIID", p.Email, "schemeID", "EM")),
		group("ram:SpecifiedTaxRegistration", leaf("ram:ID", p.VATID, "schemeID", "VA")))
	if seller {
		e.add(group("ram:SpecifiedTaxRegistration", leaf("ram:ID", p.TaxNumber, "schemeID", "FC")))
	}
	return e
}

func (c Category) ciiRate() *element {
	if c.Code == NotSubject {
		return nil
	}
	return number("ram:RateApplicablePercent", c.Rate)
}

func ciiDiscount(a Allowance, tax bool) *element {
	e := group("ram:SpecifiedTradeAllowanceCharge", group("ram:ChargeIndicator", leaf("udt:Indicator", "false")))
	if !a.Percent.IsZero() {
		e.add(number("ram:CalculationPercent", a.Percent), amount("ram:BasisAmount", a.Base))
	}
	e.add(amount("ram:ActualAmount", a.Amount), leaf("ram:ReasonCode", discountCode), leaf("ram:Reason", discountReason))
	if tax {
		e.add(group("ram:CategoryTradeTax", leaf("ram:TypeCode", "VAT"), leaf("ram:CategoryCode", a.Category.Code), a.Category.ciiRate()))
	}
	return e
}

func (l Line) cii() *element {
	settlement := group("ram:SpecifiedLineTradeSettlement",
		group("ram:ApplicableTradeTax", leaf("ram:TypeCode", "VAT"), leaf("ram:CategoryCode", l.Category.Code), l.Category.ciiRate()))
	if !l.Discount.IsZero() {
		settlement.add(ciiDiscount(Allowance{Amount: l.Discount, Percent: l.Percent, Base: l.Base}, false))
	}
	settlement.add(group("ram:SpecifiedTradeSettlementLineMonetarySummation", amount("ram:LineTotalAmount", l.Net)))
	return group("ram:IncludedSupplyChainTradeLineItem",
		group("ram:AssociatedDocumentLineDocument", leaf("ram:LineID", l.ID)),
		group("ram:SpecifiedTradeProduct", leaf("ram:Name", l.Name), leaf("ram:Description", l.Description)),
		group("ram:SpecifiedLineTradeAgreement", group("ram:NetPriceProductTradePrice", number("ram:ChargeAmount", l.Price))),
		group("ram:SpecifiedLineTradeDelivery", number("ram:BilledQuantity", l.Quantity, "unitCode", l.Unit)),
		settlement)
}

func (i Invoice) ciiSettlement() *element {
	e := group("ram:ApplicableHeaderTradeSettlement", leaf("ram:InvoiceCurrencyCode", i.Currency))
	if p := i.Payment; p != nil {
		e.add(group("ram:SpecifiedTradeSettlementPaymentMeans", leaf("ram:TypeCode", p.Means),
			group("ram:PayeePartyCreditorFinancialAccount", leaf("ram:IBANID", p.IBAN), leaf("ram:ProprietaryID", p.Account)),
			group("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", p.BIC))))
	}
	for _, v := range i.VAT {
		e.add(group("ram:ApplicableTradeTax", amount("ram:CalculatedAmount", v.Tax), leaf("ram:TypeCode", "VAT"), leaf("ram:ExemptionReason", v.Reason),
			amount("ram:BasisAmount", v.Base), leaf("ram:CategoryCode", v.Code), leaf("ram:ExemptionReasonCode", v.ReasonID), v.ciiRate()))
	}
	e.add(group("ram:BillingSpecifiedPeriod", ciiDate("ram:StartDateTime", "udt:DateTimeString", i.From), ciiDate("ram:EndDateTime", "udt:DateTimeString", i.To)))
	for _, a := range i.Allowances {
		e.add(ciiDiscount(a, true))
	}
	e.add(group("ram:SpecifiedTradePaymentTerms", ciiDate("ram:DueDateDateTime", "udt:DateTimeString", &i.DueOn)))
	sums := group("ram:SpecifiedTradeSettlementHeaderMonetarySummation", amount("ram:LineTotalAmount", i.LineTotal))
	if !i.AllowanceTotal.IsZero() || len(i.Allowances) > 0 {
		sums.add(amount("ram:AllowanceTotalAmount", i.AllowanceTotal))
	}
	sums.add(amount("ram:TaxBasisTotalAmount", i.Net), ublAmount("ram:TaxTotalAmount", i.Tax))
	if !i.Rounding.IsZero() {
		sums.add(amount("ram:RoundingAmount", i.Rounding))
	}
	sums.add(amount("ram:GrandTotalAmount", i.Total))
	if !i.Prepaid.IsZero() {
		sums.add(amount("ram:TotalPrepaidAmount", i.Prepaid))
	}
	e.add(sums.add(amount("ram:DuePayableAmount", i.Due)))
	if strings.TrimSpace(i.CreditsNumber) != "" {
		e.add(group("ram:InvoiceReferencedDocument", leaf("ram:IssuerAssignedID", i.CreditsNumber), ciiDate("ram:FormattedIssueDateTime", "qdt:DateTimeString", i.CreditsOn)))
	}
	return e
}
