import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useForm, useFormContext, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useLegalEntitiesListQuery } from '../../../shared/api/gen/invoices.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { formatDay, today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useCan, useMe } from '../../../shared/lib/me';
import { AutocompleteField, CheckboxField, CurrencyField, DateField, NumberField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow, Form } from '../../../shared/ui/form';
import { Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useRecurringAheadQuery, useRecurringInvoicesChangeMutation, useRecurringInvoicesCreateMutation, type NewRecurringInvoice, type RecurringInvoiceView } from '../api';
import { useT } from '../locales/en';
import { changeOf, endings, everies, groups, hows, ifMatch, tellable, valuesOf, wishOf, type Values } from '../model';
import { Lines } from './Lines';
import { useRhythm } from './said';
import { Outlook } from './Outlook';

/** What is billed again and again, and beside it what comes next. */
export function ScheduleForm({ schedule: r, clientId = '' }: { schedule?: RecurringInvoiceView; clientId?: string }) {
  const t = useT();
  const c = useCommon();
  const me = useMe();
  const navigate = useNavigate();
  const [create] = useRecurringInvoicesCreateMutation();
  const [change] = useRecurringInvoicesChangeMutation();
  const need = v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')));
  const form = useForm<Values>({
    resolver: valibotResolver(v.looseObject({ client_id: need, name: need, starts_on: need })) as never, defaultValues: valuesOf(r, clientId, today(me?.agency.time_zone)),
  });
  const rhythm = useRhythm();
  const save = async (x: Values) => {
    if (r) {
      await change({ id: r.id, 'If-Match': ifMatch(r.version), recurringInvoiceChange: changeOf(x, r.looked) }).unwrap();
      toast(t('saved'));
      await navigate(`/recurring/${r.id}`);
      return;
    }
    const made = await create({ newRecurringInvoice: wishOf(x) }).unwrap();
    toast(t('created'));
    await navigate(`/recurring/${made.id}`);
  };
  const x = useWatch({ control: form.control }) as Values;
  const asked = useDebounced(JSON.stringify(tellable(x) ? { ...wishOf(x), name: x.name || '–' } : null), 300);
  return (
    <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 1fr) minmax(0, 1fr)' }, alignItems: 'start' }}>
      <Section>
        <Form form={form} onSubmit={save} submitLabel={r ? t('save') : t('create')}>
          {!r && <Whose clientId={x.client_id ?? ''} />}
          <TextField name="name" label={t('name')} maxLength={120} required />
          {r && r.looked > 0 ? <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('fixedDays', { every: capital(rhythm(r)), day: formatDay(r.starts_on) })}</Typography> : <Rhythm every={x.every} />}
          <Ending ending={x.ending} />
          <CheckboxField name="prorate" label={t('prorate')} />
          <Typography variant="h3" component="h2">{t('what')}</Typography>
          <Lines />
          <Along some={x.time} />
          <Terms how={x.how} days={x.terms_days} isNew={!r} />
        </Form>
      </Section>
      <Ahead wish={JSON.parse(asked) as NewRecurringInvoice | null} from={(r?.looked ?? 0) + 1} />
    </Box>
  );
}

const capital = (s: string) => s.charAt(0).toUpperCase() + s.slice(1);

function Ahead({ wish, from }: { wish: NewRecurringInvoice | null; from: number }) {
  const t = useT();
  const { currentData, error } = useRecurringAheadQuery({ wish: wish as NewRecurringInvoice, from }, { skip: wish === null });
  return (
    <Section title={t('ahead')} pad={false}>
      <Box aria-live="polite" sx={{ minHeight: 420 }}>
        {currentData ? <Outlook of={currentData} /> : wish && !error ? <Box sx={{ p: 4 }}><SkeletonRows label={t('ahead')} rows={6} /></Box> : <Typography sx={{ color: 'text.secondary', p: 4 }}>{said(error) || t('aheadEmpty')}</Typography>}
      </Box>
    </Section>
  );
}

/** What the server has against a preview; the field says it too once it is saved. */
function said(error: unknown): string {
  const p = (error as { problem?: { detail?: string; errors?: { message?: string }[] } } | undefined)?.problem;
  return [p?.detail, p?.errors?.[0]?.message].filter(Boolean).join(' ');
}

function Whose({ clientId }: { clientId: string }) {
  const t = useT();
  const [text, setText] = useState('');
  const clients = useClientsListQuery({ q: useDebounced(text), limit: 50 });
  const projects = useProjectsListQuery({ clientId, limit: 100 }, { skip: !clientId });
  const of = (all: { id: string; name: string; code: string }[] | undefined) => (all ?? []).map((k) => ({ value: k.id, label: k.name, sub: k.code }));
  return (
    <FieldRow>
      <AutocompleteField name="client_id" label={t('client')} required onSearch={setText} loading={clients.isFetching} options={of(clients.data?.items)} />
      <AutocompleteField name="project_id" label={t('project')} placeholder={t('allProjects')} loading={projects.isFetching} options={of(projects.data?.items)} />
    </FieldRow>
  );
}

function Rhythm({ every }: { every: Values['every'] }) {
  const t = useT();
  return (
    <>
      <FieldRow>
        <SelectField name="every" label={t('every')} options={everies.map((k) => ({ value: k, label: t(`everies.${k}`) }))} />
        <NumberField name="count" label={t('count')} />
      </FieldRow>
      <FieldRow>
        <DateField name="starts_on" label={t('starts')} required />
        {every !== 'week' && <NumberField name="day_of_month" label={t('day')} help={t('dayHelp')} />}
      </FieldRow>
      <SelectField name="bill_at" label={t('billAt')} options={(['start', 'end'] as const).map((k) => ({ value: k, label: t(`at.${k}`) }))} />
    </>
  );
}

function Ending({ ending }: { ending: Values['ending'] }) {
  const t = useT();
  return (
    <FieldRow>
      <SelectField name="ending" label={t('ending')} options={endings.map((k) => ({ value: k, label: t(`endings.${k}`) }))} />
      {ending === 'on' && <DateField name="ends_on" label={t('ends')} required />}
      {ending === 'times' && <NumberField name="times" label={t('times')} required />}
    </FieldRow>
  );
}

function Along({ some }: { some: boolean }) {
  const t = useT();
  return (
    <Box role="group" aria-label={t('along')}>
      <Typography variant="h3" component="h2">{t('along')}</Typography>
      <CheckboxField name="time" label={t('time')} />
      <CheckboxField name="expenses" label={t('expenses')} />
      {some && <Box sx={{ mt: 3, maxWidth: 240 }}><SelectField name="group_by" label={t('group')} options={groups.map((g) => ({ value: g, label: t(`by.${g}`) }))} /></Box>}
    </Box>
  );
}

function Terms({ how, days, isNew }: { how: Values['how']; days: Values['terms_days']; isNew: boolean }) {
  const t = useT();
  const can = useCan();
  const { control } = useFormContext<Values>();
  const entity = useWatch({ control, name: 'entity_id' });
  const entities = useLegalEntitiesListQuery(undefined, { skip: !can('invoicing.settings.read') }).data?.items.filter((e) => !e.archived_at || e.id === entity) ?? [];
  return (
    <>
      <Typography variant="h3" component="h2">{t('how')}</Typography>
      <SelectField name="how" label={t('how')} options={hows.filter((h) => h === 'draft' || h === how || can('invoicing.invoices.issue')).map((h) => ({ value: h, label: t(`hows.${h}`) }))} />
      <FieldRow>
        <NumberField name="terms_days" label={t('terms')} help={t('termsHelp')} />
        {isNew && <CurrencyField name="currency" label={t('currency')} help={t('currencyHelp')} />}
        {entities.length > 1 && <SelectField name="entity_id" label={t('entity')} empty={t('defaultEntity')} options={entities.map((e) => ({ value: e.id, label: e.name }))} />}
      </FieldRow>
      {days !== null && days !== '' && <CheckboxField name="end_of_month" label={t('endOfMonth')} />}
      <TextField name="reference" label={t('reference')} maxLength={120} />
      <TextField name="note" label={t('note')} multiline rows={2} maxLength={4000} />
    </>
  );
}
