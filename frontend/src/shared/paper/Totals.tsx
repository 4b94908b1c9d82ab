import Box from '@mui/material/Box';
import { Fragment } from 'react';
import type { Document, TaxAmount } from '../api/gen/invoices.gen';
import type { MoneyValue } from '../lib/money';
import { written } from './written';
import { minus } from './signs';

type Of = Pick<Document, 'subtotal' | 'discount' | 'net' | 'taxes' | 'total' | 'payable'> & Partial<Pick<Document, 'deductions' | 'cash_rounding'>> & { discount_percent?: string; kind?: string; language?: string; locale?: string };

/** What a document comes to, with a line for each tax: the same on drafts, paper and portal. */
export function Totals({ of: d, bases, totalLabel }: { of: Of; /** Say on what each tax is computed. */ bases?: boolean; totalLabel?: string }) {
  const { t, day, money, number } = written(d);
  const withheld = d.taxes.filter((x) => x.kind === 'withholding');
  const deductions = d.deductions ?? [];
  const rounded = Number(d.cash_rounding?.amount ?? 0) !== 0;
  const name = (x: TaxAmount) => t(bases ? 'on' : 'tax', { name: x.name, percent: number(x.percent), base: money(x.base) });
  const row = (x: TaxAmount, value: MoneyValue) => <Row key={`${x.id}${x.percent}`} name={name(x)} value={money(value)} />;
  return (
    <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: '1fr auto', rowGap: 1, '& dt': { pr: 4 }, '& dd': { m: 0, textAlign: 'end', fontVariantNumeric: 'tabular-nums' } }}>
      {Number(d.discount.amount) !== 0 && (
        <>
          <Row name={t('subtotal')} value={money(d.subtotal)} />
          <Row name={d.discount_percent && d.discount_percent !== '0' ? t('discountOf', { percent: number(d.discount_percent) }) : t('discount')} value={money(minus(d.discount))} />
        </>
      )}
      <Row name={t('net')} value={money(d.net)} />
      {d.taxes.filter((x) => x.kind !== 'withholding').map((x) => row(x, x.tax))}
      <Row name={totalLabel ?? t('total')} value={money(d.total)} strong />
      {(withheld.length > 0 || deductions.length > 0 || rounded) && (
        <>
          {withheld.map((x) => row(x, minus(x.tax)))}
          {deductions.map((x) => (
            <Fragment key={x.deposit_id}>
              <Row name={t('deposit', { number: x.number, day: day(x.on), net: money(x.net) })} value={money(minus(x.net))} />
              {x.taxes.filter((y) => y.kind !== 'withholding').map((y) => <Row key={`${y.id}${y.percent}`} name={t('depositTax', { name: y.name, percent: number(y.percent) })} value={money(minus(y.tax))} />)}
            </Fragment>
          ))}
          {rounded && d.cash_rounding && <Row name={t('rounding')} value={money(d.cash_rounding)} />}
          <Row name={t(d.kind === 'credit_note' ? 'toCredit' : 'payable')} value={money(d.payable)} strong />
        </>
      )}
    </Box>
  );
}

function Row({ name, value, strong }: { name: string; value: string; strong?: boolean }) {
  const sx = strong ? { fontWeight: 700, borderTop: 2, borderColor: 'primary.main', pt: 1 } : {};
  return (
    <>
      <Box component="dt" sx={{ ...sx, ...(!strong && { color: 'text.secondary' }) }}>{name}</Box>
      <Box component="dd" sx={sx}>{value}</Box>
    </>
  );
}
