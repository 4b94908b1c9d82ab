import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney } from '../../../shared/lib/money';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CountryField, CurrencyField, NumberField, SelectField, SwitchField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { NotInPlan, useLacks } from '../../../shared/ui/NotInPlan';
import { toast } from '../../../shared/ui/Toast';
import { useLegalEntitiesChangeMutation, useLegalEntitiesCreateMutation, type LegalEntityChange, type LegalEntityView } from '../api';
import { useT } from '../locales/en';
import { ifMatch } from '../model';
import { EntityLook } from './EntityLook';
import { Sample } from './Sample';

const text = v.pipe(v.string(), v.trim());

/** Who issues invoices, and by which rules. */
export function EntityDialog({ entity, first, onClose }: { entity: LegalEntityView | null; first?: boolean; onClose: () => void }) {
  const t = useT();
  const [e, setEntity] = useState(entity);
  const c = useCommon();
  const me = useMe();
  const lacks = useLacks('legal_entities');
  const [create] = useLegalEntitiesCreateMutation();
  const [change] = useLegalEntitiesChangeMutation();
  const need = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const schema = v.object({
    name: need, tax_id: text, tax_number: text, language: v.picklist(['en', 'de', 'fr', 'es']), layout: v.picklist(['classic', 'modern', 'compact']), colour: v.pipe(text, v.regex(/^(#[0-9a-f]{6})?$/i, t('look.colourHelp'))), registration: text, email: text, phone: text, footer: v.string(), currency: need, time_zone: need,
    address: v.object({ line1: text, line2: text, postal_code: text, city: text, region: text, country: v.pipe(text, v.toUpperCase()) }),
    bank: v.object({ name: text, account: text, code: text }),
    terms_days: v.nullish(v.number()), terms_end_of_month: v.boolean(), number_format: need, credit_format: need, number_reset: v.picklist(['yearly', 'never']), fiscal_month: v.string(),
    rounding: v.picklist(['half_up', 'half_even']), tax_method: v.picklist(['per_rate', 'per_line']), prices_include_tax: v.boolean(), cash_rounding: v.string(), default: v.boolean(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: start(e, me?.agency) });
  const currency = useWatch({ control: form.control, name: 'currency' });
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').concat('Etc/UTC').map((z) => ({ value: z, label: z.replaceAll('_', ' ') })), []);
  const months = useMemo(() => Array.from({ length: 12 }, (_, n) => ({ value: String(n + 1), label: new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2026, n, 1)) })), []);
  const heading = (s: string) => <Typography component="h3" sx={{ fontWeight: 600, mt: 2 }}>{s}</Typography>;
  return (
    <FormDialog
      open
      wide
      title={t(e ? 'settings.editEntity' : 'settings.addEntity')}
      form={form}
      blocked={lacks && !e && !first && <NotInPlan feature="legal_entities" />}
      onClose={onClose}
      onSubmit={async ({ default: first, terms_days: days, fiscal_month: month, cash_rounding: coin, ...x }) => {
        const body: LegalEntityChange = { ...x, fiscal_month: Number(month), cash_rounding: Number(coin), terms_days: days ?? 0, ...(first && { default: true }) };
        if (e) await change({ id: e.id, 'If-Match': ifMatch(e.version), legalEntityChange: body }).unwrap();
        else await create({ legalEntityChange: body }).unwrap();
        toast(t('settings.saved'));
        onClose();
      }}
    >
      {heading(t('settings.who'))}
      <TextField name="name" label={t('settings.name')} maxLength={120} required />
      <FieldRow>
        <TextField name="tax_id" label={t('settings.taxId')} maxLength={40} />
        <TextField name="tax_number" label={t('settings.taxNumber')} maxLength={40} />
        <TextField name="registration" label={t('settings.registration')} maxLength={120} />
      </FieldRow>
      <FieldRow>
        <TextField name="address.line1" label={t('settings.line1')} maxLength={120} />
        <TextField name="address.line2" label={t('settings.line2')} maxLength={120} />
      </FieldRow>
      <FieldRow>
        <TextField name="address.postal_code" label={t('settings.postal')} maxLength={20} />
        <TextField name="address.city" label={t('settings.city')} maxLength={80} />
        <CountryField name="address.country" label={t('settings.country')} />
      </FieldRow>
      <FieldRow>
        <TextField name="email" label={t('settings.email')} type="email" maxLength={200} />
        <TextField name="phone" label={t('settings.phone')} type="tel" maxLength={40} />
      </FieldRow>
      {heading(t('settings.numbers'))}
      <FieldRow>
        <TextField name="number_format" label={t('settings.format')} help={e ? `${t('settings.formatHelp')}. ${t('settings.next', { number: e.number_example })}` : t('settings.formatHelp')} maxLength={40} required />
        <TextField name="credit_format" label={t('settings.creditFormat')} maxLength={40} required />
        <SelectField name="number_reset" label={t('settings.reset')} options={(['yearly', 'never'] as const).map((r) => ({ value: r, label: t(`settings.resets.${r}`) }))} />
      </FieldRow>
      <FieldRow>
        <AutocompleteField name="time_zone" label={t('settings.zone')} options={zones} />
        <SelectField name="fiscal_month" label={t('settings.fiscal')} options={months} />
      </FieldRow>
      <FieldRow>
        <CurrencyField name="currency" label={t('settings.currency')} />
        <SelectField name="rounding" label={t('settings.rounding')} options={(['half_up', 'half_even'] as const).map((r) => ({ value: r, label: t(`settings.roundings.${r}`) }))} />
        <SelectField name="tax_method" label={t('settings.method')} options={(['per_rate', 'per_line'] as const).map((r) => ({ value: r, label: t(`settings.methods.${r}`) }))} />
      </FieldRow>
      <FieldRow>
        <SelectField name="cash_rounding" label={t('settings.cash')} help={t('settings.cashHelp')} options={coins(e?.cash_rounding).map((n) => ({ value: String(n), label: n === 0 ? t('settings.cashNone') : t('settings.cashTo', { coin: coinOf(n, currency) }) }))} />
        <SwitchField name="prices_include_tax" label={t('settings.inclusive')} />
      </FieldRow>
      {heading(t('settings.paying'))}
      <FieldRow>
        <NumberField name="terms_days" label={t('settings.terms')} />
        <SwitchField name="terms_end_of_month" label={t('settings.eom')} />
      </FieldRow>
      <FieldRow>
        <TextField name="bank.name" label={t('settings.bank')} maxLength={120} />
        <TextField name="bank.account" label={t('settings.account')} maxLength={60} />
        <TextField name="bank.code" label={t('settings.code')} maxLength={30} />
      </FieldRow>
      {heading(t('look.title'))}
      <EntityLook entity={e} onChanged={setEntity} />
      <TextField name="footer" label={t('settings.footer')} multiline rows={2} maxLength={2000} />
      <Sample entity={e} />
      {!e?.default && <SwitchField name="default" label={t('settings.makeDefault')} />}
    </FormDialog>
  );
}

/** What coins there are, and the one that was set by the API. */
const coins = (set = 0) => [...new Set([0, 5, 10, 50, 100, set])].sort((a, b) => a - b);

/** Minor units of a currency as an amount of it. */
function coinOf(minor: number, currency: string): string {
  const places = /^[A-Z]{3}$/.test(currency) ? (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2) : 2;
  return formatMoney({ amount: (minor / 10 ** places).toFixed(places), currency });
}

const start = (e: LegalEntityView | null, agency: { name: string; currency: string; time_zone: string } | undefined) => ({
  name: e?.name ?? agency?.name ?? '', tax_id: e?.tax_id ?? '', tax_number: e?.tax_number ?? '', language: e?.language ?? ('en' as const), layout: e?.layout ?? ('classic' as const), colour: e?.colour ?? '', registration: e?.registration ?? '', email: e?.email ?? '', phone: e?.phone ?? '', footer: e?.footer ?? '',
  currency: e?.currency ?? agency?.currency ?? 'EUR', time_zone: e?.time_zone ?? agency?.time_zone ?? 'Etc/UTC',
  address: { line1: e?.address.line1 ?? '', line2: e?.address.line2 ?? '', postal_code: e?.address.postal_code ?? '', city: e?.address.city ?? '', region: e?.address.region ?? '', country: e?.address.country ?? '' },
  bank: { name: e?.bank.name ?? '', account: e?.bank.account ?? '', code: e?.bank.code ?? '' },
  terms_days: (e?.terms_days ?? 30) as number | null | undefined, terms_end_of_month: e?.terms_end_of_month ?? false, number_format: e?.number_format ?? 'INV-{YYYY}-{NNNN}', credit_format: e?.credit_format ?? 'CN-{YYYY}-{NNNN}',
  number_reset: e?.number_reset ?? ('yearly' as const), fiscal_month: String(e?.fiscal_month ?? 1), rounding: e?.rounding ?? ('half_up' as const), tax_method: e?.tax_method ?? ('per_rate' as const),
  prices_include_tax: e?.prices_include_tax ?? false, cash_rounding: String(e?.cash_rounding ?? 0), default: e?.default ?? false,
});
