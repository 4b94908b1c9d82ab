import { valibotResolver } from '@hookform/resolvers/valibot';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useForm, useWatch } from 'react-hook-form';
import { Link, useNavigate } from 'react-router';
import * as v from 'valibot';
import { useClientsChangeMutation, useClientsCreateMutation, useClientsSimilarQuery, type ClientView } from '../../../shared/api/gen/clients.gen';
import { useLegalEntitiesListQuery } from '../../../shared/api/gen/invoices.gen';
import { useCan } from '../../../shared/lib/me';
import { useStaff } from '../../../shared/api/members';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CountryField, CurrencyField, NumberField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { ifMatch } from '../api';
import { useT } from '../locales/en';
import { tagsOf } from '../model';

const blankAddress = { line1: '', line2: '', postal_code: '', city: '', region: '', country: '' };

type Values = {
  name: string; code: string; currency: string; tax_id: string; billing_email: string; website: string; payment_terms_days: number | null; invoice_format: 'pdf' | 'facturx' | 'ubl' | 'cii'; language: string; legal_entity_id: string;
  tags: string; notes: string; owner_id: string; addresses: (typeof blankAddress)[];
};

export function ClientDialog({ client, onClose }: { client?: ClientView; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const navigate = useNavigate();
  const staff = useStaff();
  const named = useCan()('invoicing.settings.read');
  const entities = (useLegalEntitiesListQuery(undefined, { skip: !named }).data?.items ?? []).filter((e) => !e.archived_at);
  const severalEntities = entities.length > 1;
  const [create] = useClientsCreateMutation();
  const [change] = useClientsChangeMutation();
  const main = client?.addresses.find((a) => (a.kind ?? 'main') === 'main');
  const others = client?.addresses.filter((a) => a !== main) ?? [];
  const schema = v.looseObject({ name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required'))) });
  const form = useForm<Values>({
    resolver: valibotResolver(schema) as never,
    defaultValues: {
      name: client?.name ?? '', code: client?.code ?? '', currency: client?.currency ?? '', tax_id: client?.tax_id ?? '', billing_email: client?.billing_email ?? '',
      website: client?.website ?? '', payment_terms_days: client?.payment_terms_days ?? null, invoice_format: client?.invoice_format ?? 'pdf', language: client?.language ?? '', legal_entity_id: client?.legal_entity_id ?? '', tags: client?.tags.join(', ') ?? '', notes: client?.notes ?? '',
      owner_id: client?.owner_id ?? '', addresses: [{ ...blankAddress, ...main }],
    },
  });
  const save = async (x: Values) => {
    const address = { ...x.addresses[0], kind: 'main' as const, country: (x.addresses[0]?.country ?? '').toUpperCase() };
    const filled = [address.line1, address.line2, address.postal_code, address.city, address.region, address.country].some((s) => s?.trim());
    const body = {
      name: x.name, tax_id: x.tax_id, billing_email: x.billing_email, website: x.website, invoice_format: x.invoice_format, language: x.language, ...(severalEntities && { legal_entity_id: x.legal_entity_id }), notes: x.notes, owner_id: x.owner_id,
      tags: tagsOf(x.tags), addresses: [...(filled ? [address] : []), ...others],
    };
    const code = x.code.trim().toUpperCase();
    const currency = x.currency.trim().toUpperCase();
    if (client) {
      await change({
        id: client.id, 'If-Match': ifMatch(client.version),
        clientChange: { ...body, ...(code ? { code } : {}), ...(currency ? { currency } : {}), payment_terms_days: x.payment_terms_days ?? -1 },
      }).unwrap();
      toast(t('saved'));
      onClose();
      return;
    }
    const made = await create({
      newClient: { ...body, ...(code ? { code } : {}), ...(currency ? { currency } : {}), ...(x.payment_terms_days === null ? {} : { payment_terms_days: x.payment_terms_days }) },
    }).unwrap();
    toast(t('created', { name: made.name }));
    onClose();
    void navigate(`/clients/${made.id}`);
  };
  return (
    <FormDialog open wide title={t(client ? 'edit' : 'new')} form={form} onSubmit={save} onClose={onClose}>
      <FieldRow>
        <TextField name="name" label={t('field.name')} maxLength={120} autoFocus required />
        <TextField name="code" label={t('field.code')} maxLength={8} help={client ? undefined : t('field.codeHelp')} />
      </FieldRow>
      <Similar form={form} except={client?.id} />
      <FieldRow>
        <TextField name="billing_email" label={t('field.billingEmail')} type="email" maxLength={254} />
        <TextField name="website" label={t('field.website')} maxLength={200} />
      </FieldRow>
      <FieldRow>
        <CurrencyField name="currency" label={t('field.currency')} />
        <NumberField name="payment_terms_days" label={t('field.terms')} unit={t('field.termsUnit')} help={t('field.termsHelp')} />
        <TextField name="tax_id" label={t('field.taxId')} maxLength={40} />
      </FieldRow>
      <FieldRow>
        <SelectField name="invoice_format" label={t('field.format')} help={t('field.formatHelp')} options={(['pdf', 'facturx', 'ubl', 'cii'] as const).map((f) => ({ value: f, label: t(`field.formats.${f}`) }))} />
        {severalEntities && <SelectField name="legal_entity_id" label={t('field.entity')} empty={t('field.entityUsual', { name: entities.find((e) => e.default)?.name ?? '' })} options={entities.filter((e) => !e.default).map((e) => ({ value: e.id, label: e.name }))} />}
        <SelectField name="language" label={t('field.language')} empty={t('field.languageNone')} options={(['en', 'de', 'fr', 'es'] as const).map((l) => ({ value: l, label: t(`field.languages.${l}`) }))} />
      </FieldRow>
      <Typography component="h3" variant="h4" sx={{ mb: -2 }}>{t('field.address')}</Typography>
      <TextField name="addresses.0.line1" label={t('field.line1')} maxLength={120} autoComplete="off" />
      <FieldRow>
        <TextField name="addresses.0.postal_code" label={t('field.postalCode')} maxLength={20} />
        <TextField name="addresses.0.city" label={t('field.city')} maxLength={80} />
        <CountryField name="addresses.0.country" label={t('field.country')} />
      </FieldRow>
      <FieldRow>
        <AutocompleteField name="owner_id" label={t('field.owner')} options={staff.options} />
        <TextField name="tags" label={t('field.tags')} help={t('field.tagsHelp')} maxLength={400} />
      </FieldRow>
      <TextField name="notes" label={t('field.notes')} multiline maxLength={5000} />
    </FormDialog>
  );
}

type Watched = { name: string; billing_email: string; website: string };

/** Clients that may be the same company: said while typing, never in the way. */
function Similar({ form, except }: { form: { control: unknown }; except?: string }) {
  const t = useT();
  const [name, email, website] = useWatch<Watched>({ control: form.control as never, name: ['name', 'billing_email', 'website'] as never }) as unknown as [string, string, string];
  const asked = useDebounced(JSON.stringify({ name: (name ?? '').trim(), email: (email ?? '').trim(), website: (website ?? '').trim() }), 400);
  const { name: n, email: e, website: w } = JSON.parse(asked) as { name: string; email: string; website: string };
  const { currentData } = useClientsSimilarQuery({ name: n, email: e, website: w, ...(except ? { exceptId: except } : {}) }, { skip: n.length < 3 });
  if (!currentData || currentData.items.length === 0) return null;
  return (
    <Alert severity="warning">
      {t('similar')}{' '}
      {currentData.items.map((s, i) => (
        <Box component="span" key={s.id}>
          {i > 0 && ', '}
          <MuiLink component={Link} to={`/clients/${s.id}`}>{s.name}</MuiLink>
          {s.archived && ` (${t('similarArchived')})`}
        </Box>
      ))}
    </Alert>
  );
}
