import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Document, Party as PartyOf } from '../api/gen/invoices.gen';
import { ProgressTable } from './ProgressTable';
import { Totals } from './Totals';
import type { CSSProperties } from 'react';
import { written } from './written';

const quiet = { color: 'text.secondary' } as const;

/** How the PDF is laid out: on white, in the seller's colour and with its logo. */
export type Look = { logo: string };

/** The document as it is printed: the same facts in the same order as the PDF, and with a look also in its layout. */
export function Paper({ document: d, number, look }: { document: Document; number?: string; look?: Look }) {
  const { t, day, money, number: plain } = written(d);
  const note = d.kind === 'credit_note';
  const heading = t(note ? 'creditNote' : d.kind === 'deposit' ? 'depositInvoice' : 'invoice');
  const facts: [string, string][] = [
    [t('date'), day(d.issue_on)],
    ...(note ? [[t('credits'), [d.credits_number, d.credits_on && day(d.credits_on)].filter(Boolean).join(' · ')] as [string, string]] : [[t('due'), day(d.due_on)] as [string, string]]),
    ...(d.period_from && d.period_to ? [[t('period'), `${day(d.period_from)} – ${day(d.period_to)}`] as [string, string]] : []),
    ...(d.supply_on ? [[t('supply'), day(d.supply_on)] as [string, string]] : []),
    ...(d.reference ? [[t('reference'), d.reference] as [string, string]] : []),
  ];
  const band = look && d.layout === 'modern';
  const pad = { xs: 4, sm: 8 };
  const out = { xs: -4, sm: -8 };
  return (
    <Box component="article" aria-label={heading} lang={d.language} {...(look && { 'data-scheme': 'light', ...(d.colour && { style: { '--mui-palette-primary-main': d.colour } as CSSProperties }) })} sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper', color: 'text.primary', p: pad, overflowWrap: 'anywhere', fontSize: look && d.layout === 'compact' ? 11.5 : 13 }}>
      {band && (
        <Box sx={{ bgcolor: 'primary.main', color: '#fff', mx: out, mt: out, mb: 5, px: pad, py: 4 }}>
          <Typography component="p" sx={{ fontSize: 24, fontWeight: 700 }}>{heading}</Typography>
          <Typography variant="body2">{d.number || number || t('draft')}</Typography>
        </Box>
      )}
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 4, mb: 6 }}>
        <Box sx={{ minWidth: 0 }}>
          {look && !band && look.logo && <Logo src={look.logo} />}
          <Party party={d.seller} of={d} />
        </Box>
        {band ? look.logo && <Logo src={look.logo} /> : (
          <Box sx={{ textAlign: 'end' }}>
            <Typography component="p" sx={{ fontSize: 22, fontWeight: 700, color: 'primary.main' }}>{heading}</Typography>
            <Typography variant="body2" sx={quiet}>{d.number || number || t('draft')}</Typography>
          </Box>
        )}
      </Box>
      <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' }, mb: 6 }}>
        <div>
          <Typography variant="caption" sx={quiet}>{t('billTo')}</Typography>
          <Party party={d.buyer} of={d} />
        </div>
        <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 4, rowGap: 1, alignContent: 'start' }}>
          {facts.map(([k, v]) => (
            <Box key={k} sx={{ display: 'contents' }}>
              <Box component="dt" sx={quiet}>{k}</Box>
              <Box component="dd" sx={{ m: 0, textAlign: 'end' }}>{v}</Box>
            </Box>
          ))}
        </Box>
      </Box>
      <Box role="table" aria-label={t('lines')}>
        <Row head cells={[t('description'), t('quantity'), t('price'), t('amount')]} />
        {d.lines.map((l, i) => (
          <Row
            key={i}
            cells={[
              l.description,
              `${plain(String(Number(Number(l.quantity).toFixed(4))))} ${l.unit}`.trim(),
              money({ amount: l.unit_price, currency: d.currency }),
              money(l.amount),
            ]}
            under={[
              ...(l.discount_percent === '0' ? [] : [t('less', { what: `${plain(l.discount_percent)} %` })]),
              ...(l.discount_amount === '0' ? [] : [t('less', { what: money({ amount: l.discount_amount, currency: d.currency }) })]),
              ...l.taxes,
            ].join(' · ')}
          />
        ))}
      </Box>
      <Box sx={{ mt: 4, ml: 'auto', maxWidth: 340 }}><Totals of={d} bases totalLabel={note ? t('totalCredited') : d.prices_include_tax && d.taxes.length > 0 ? t('inclusive') : t('total')} /></Box>
      {d.base && (
        <Typography variant="body2" sx={{ ...quiet, mt: 3, textAlign: 'end' }}>
          {t('inBooks', { rate: d.base.direction === 'units_per_base' ? `1 ${d.base.base} = ${plain(d.base.value)} ${d.currency}` : `1 ${d.currency} = ${plain(d.base.value)} ${d.base.base}`, day: day(d.base.on), net: money(d.base.net), tax: money(d.base.tax), total: money(d.base.total) })}
        </Typography>
      )}
      {d.progress.length > 0 && <ProgressTable of={d} />}
      <Box sx={{ mt: 6, display: 'grid', gap: 2, whiteSpace: 'pre-line', ...quiet }}>
        {d.legal_texts.map((x) => <div key={x}>{x}</div>)}
        {d.note && <div>{d.note}</div>}
        {(d.bank.account ?? '') !== '' && <div>{t('pay', { day: day(d.due_on) })}{'\n'}{[d.bank.name, d.bank.account, d.bank.code].filter(Boolean).join(' · ')}</div>}
        {d.footer && <div>{d.footer}</div>}
      </Box>
    </Box>
  );
}

const Logo = ({ src }: { src: string }) => <Box component="img" src={src} alt="" sx={{ display: 'block', maxWidth: 150, maxHeight: 56, mb: 2 }} />;

function Party({ party: p, of }: { party: PartyOf; of: Document }) {
  const { t } = written(of);
  return (
    <Box sx={{ minWidth: 0 }}>
      <Typography sx={{ fontWeight: 650 }}>{p.name}</Typography>
      {[...p.address, ...(p.email ? [p.email] : []), ...(p.tax_id ? [t('taxId', { id: p.tax_id })] : [])].map((l) => <Box key={l} sx={quiet}>{l}</Box>)}
    </Box>
  );
}

function Row({ cells, under, head }: { cells: [string, string, string, string]; under?: string; head?: boolean }) {
  const role = head ? 'columnheader' : 'cell';
  const [what, quantity, price, amount] = cells;
  return (
    <Box role="row" sx={{ display: 'grid', gridTemplateColumns: { xs: 'minmax(0, 1fr) auto', sm: 'minmax(0, 1fr) 80px 100px 110px' }, columnGap: 3, py: 2, borderBottom: head ? 2 : 1, borderColor: head ? 'primary.main' : 'divider', fontWeight: head ? 600 : 400 }}>
      <Box role={role} sx={{ whiteSpace: 'pre-line' }}>
        {what}
        {under && <Box sx={{ ...quiet, fontSize: 12 }}>{under}</Box>}
      </Box>
      <Box role={role} sx={{ textAlign: 'end', gridRow: { xs: 2, sm: 'auto' }, gridColumn: { xs: 1, sm: 'auto' }, justifySelf: { xs: 'start', sm: 'end' }, ...(head ? {} : { color: { xs: 'text.secondary', sm: 'inherit' } }), display: head ? { xs: 'none', sm: 'block' } : undefined }}>{quantity}</Box>
      <Box role={role} sx={{ textAlign: 'end', display: { xs: head ? 'none' : 'block', sm: 'block' }, color: head ? undefined : { xs: 'text.secondary', sm: 'inherit' }, gridRow: { xs: 2, sm: 'auto' }, gridColumn: { xs: 2, sm: 'auto' } }}>{price}</Box>
      <Box role={role} sx={{ textAlign: 'end', fontVariantNumeric: 'tabular-nums', gridRow: { xs: 1, sm: 'auto' }, gridColumn: { xs: 2, sm: 'auto' } }}>{amount}</Box>
    </Box>
  );
}
