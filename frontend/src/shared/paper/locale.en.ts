import { registerLocale } from '../lib/i18n';

export const useT = registerLocale('paper', {
  invoice: 'Invoice', creditNote: 'Credit note', credits: 'For invoice', totalCredited: 'Total credited', toCredit: 'To your credit', draft: 'Draft', billTo: 'Bill to', date: 'Date', due: 'Due', period: 'Period', supply: 'Date of supply', reference: 'Your reference', lines: 'Lines', description: 'Description', quantity: 'Quantity', price: 'Price', amount: 'Amount',
  less: 'less {{what}}', pay: 'Please pay by {{day}} to', taxId: 'Tax ID {{id}}', inclusive: 'Total, tax included',
  subtotal: 'Subtotal', discount: 'Discount', discountOf: 'Discount {{percent}} %', net: 'Net', tax: '{{name}} {{percent}} %', on: '{{name}} {{percent}} % on {{base}}', total: 'Total', payable: 'To pay',
});
