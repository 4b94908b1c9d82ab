import { valibotResolver } from '@hookform/resolvers/valibot';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { useClientsGetQuery, useClientsListQuery } from '../../../shared/api/gen/clients.gen';
import { useProjectsListQuery } from '../../../shared/api/gen/projects.gen';
import { useRetainersChangeMutation, useRetainersCreateMutation, type NewRetainer, type RetainerAlertInput, type RetainerTerms, type RetainerView } from '../../../shared/api/gen/retainers.gen';
import { today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CheckboxField, DateField, MoneyField, NumberField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { given, ifMatch, typed } from '../model';

type Values = {
  client_id: string; project_id: string; name: string; unit: RetainerView['unit']; every: RetainerView['every']; starts_on: string; anchor_on: string; ends_on: string; prorate_first: boolean;
  grant: string | null; fee: string | null; rollover: RetainerTerms['rollover']; rollover_cap: string | null; rollover_periods: string | number | null;
  deficit: RetainerTerms['deficit']; deficit_limit: string | null; overage: RetainerTerms['overage']; overage_rate: string | null; shown_to_client: boolean;
  alert_by: '' | 'amount' | 'percent'; alert: { amount: string | null; percent: string | number | null };
};

function termsOf(x: Values): RetainerTerms {
  const [cap, limit, rate, fee] = [given(x.rollover_cap), given(x.deficit_limit), given(x.overage_rate), given(x.fee)];
  return {
    grant: given(x.grant) ?? '', rollover: x.rollover, deficit: x.deficit, overage: x.overage, ...(fee ? { fee } : {}),
    ...(x.rollover === 'capped' && cap ? { rollover_cap: cap } : {}), ...(x.rollover === 'expiring' && x.rollover_periods ? { rollover_periods: Number(x.rollover_periods) } : {}),
    ...(x.deficit === 'carry' && limit ? { deficit_limit: limit } : {}), ...(x.overage === 'overage_rate' && rate ? { overage_rate: rate } : {}),
  };
}

/** At which balance people are told; neither: nobody is. */
const alertOf = (x: Values): RetainerAlertInput => (x.alert_by === 'amount' ? { amount: given(x.alert.amount) ?? '' } : x.alert_by === 'percent' ? { percent: Number(x.alert.percent) } : {});

const startOf = (r: RetainerView | undefined, clientId: string, day: string): Values => ({
  client_id: r?.client_id ?? clientId, project_id: r?.project_id ?? '', name: r?.name ?? '', unit: r?.unit ?? 'hours', every: r?.every ?? 'month',
  starts_on: r?.starts_on ?? `${day.slice(0, 8)}01`, anchor_on: '', ends_on: r?.ends_on ?? '', prorate_first: r?.prorate_first ?? true,
  grant: typed(r?.granted), fee: (r?.fee as { amount: string } | null | undefined)?.amount ?? null, rollover: r?.rollover ?? 'none', rollover_cap: typed(r?.rollover_cap), rollover_periods: r?.rollover_periods ?? null,
  deficit: r?.deficit ?? 'bill', deficit_limit: typed(r?.deficit_limit), overage: r?.overage ?? 'rate', overage_rate: r?.overage_rate ?? null, shown_to_client: r?.shown_to_client ?? true,
  alert_by: !r?.alert ? '' : r.alert.percent ? 'percent' : 'amount', alert: { amount: typed(r?.alert?.figure), percent: r?.alert?.percent ?? null },
});

/** A new retainer, or other terms for one that runs. */
export function RetainerDialog({ retainer, clientId = '', onClose }: { retainer?: RetainerView; clientId?: string; onClose: () => void }) {
  const t = useT();
  const c = useCommon();
  const me = useMe();
  const navigate = useNavigate();
  const [create] = useRetainersCreateMutation();
  const [change] = useRetainersChangeMutation();
  const required = v.pipe(v.nullish(v.union([v.string(), v.number()]), ''), v.check((x) => x !== '', c('error.required')));
  const schema = v.lazy((x) => {
    const alert = (by: Values['alert_by']) => ((x as Values).alert_by === by ? required : v.unknown());
    return v.looseObject({ client_id: required, name: required, starts_on: required, grant: required, alert: v.looseObject({ amount: alert('amount'), percent: alert('percent') }) });
  });
  const form = useForm<Values>({ resolver: valibotResolver(schema) as never, defaultValues: startOf(retainer, clientId, today(me?.agency.time_zone)) });
  const w = useWatch({ control: form.control });
  const currency = useCurrency(retainer, w.client_id ?? '');
  const save = async (x: Values) => {
    if (retainer) {
      await change({ id: retainer.id, 'If-Match': ifMatch(retainer.version), retainerChange: { name: x.name, ends_on: x.ends_on, shown_to_client: x.shown_to_client, alert: alertOf(x), terms: termsOf(x) } }).unwrap();
    } else {
      const body: NewRetainer = {
        ...termsOf(x), client_id: x.client_id, name: x.name, unit: x.unit, every: x.every, starts_on: x.starts_on, prorate_first: x.prorate_first, shown_to_client: x.shown_to_client, alert: alertOf(x),
        ...(x.project_id ? { project_id: x.project_id } : {}), ...(x.anchor_on ? { anchor_on: x.anchor_on } : {}), ...(x.ends_on ? { ends_on: x.ends_on } : {}),
      };
      const made = await create({ newRetainer: body }).unwrap();
      void navigate(`/retainers/${made.id}`);
    }
    toast(t('saved'));
    onClose();
  };
  const options = <K extends string>(all: readonly K[], label: (k: K) => string) => all.map((value) => ({ value, label: label(value) }));
  const Amount = w.unit === 'money' ? MoneyField : NumberField;
  const unit = { unit: 'h', currency };
  return (
    <FormDialog open title={retainer ? t('edit') : t('new')} form={form} onSubmit={save} onClose={onClose}>
      {!retainer && <Whose clientId={w.client_id ?? ''} />}
      <TextField name="name" label={t('name')} maxLength={120} required />
      {!retainer && (
        <FieldRow>
          <SelectField name="unit" label={t('unit')} options={options(['hours', 'money'] as const, (k) => t(`units.${k}`))} />
          <SelectField name="every" label={t('every')} options={options(['month', 'quarter', 'year'] as const, (k) => t(`everies.${k}`))} />
        </FieldRow>
      )}
      <FieldRow>
        <Amount name="grant" label={t('grant')} required {...unit} />
        <MoneyField name="fee" label={t('fee')} help={t('feeHelp')} currency={currency} />
      </FieldRow>
      <FieldRow>
        {!retainer && <DateField name="starts_on" label={t('starts')} required />}
        <DateField name="ends_on" label={t('ends')} />
      </FieldRow>
      {!retainer && <DateField name="anchor_on" label={t('anchor')} help={t('anchorHelp')} />}
      {!retainer && w.anchor_on && <CheckboxField name="prorate_first" label={t('prorate')} />}
      <FieldRow>
        <SelectField name="rollover" label={t('rollover')} options={options(['none', 'all', 'capped', 'expiring'] as const, (k) => t(`rollovers.${k}`))} />
        {w.rollover === 'capped' && <Amount name="rollover_cap" label={t('cap')} required {...unit} />}
        {w.rollover === 'expiring' && <NumberField name="rollover_periods" label={t('lasts')} required />}
      </FieldRow>
      <FieldRow>
        <SelectField name="deficit" label={t('deficit')} options={options(['bill', 'carry'] as const, (k) => t(`deficits.${k}`))} />
        {w.deficit === 'carry' && <Amount name="deficit_limit" label={t('limit')} help={t('limitHelp')} {...unit} />}
      </FieldRow>
      <FieldRow>
        <SelectField name="overage" label={t('overage')} options={options(['rate', 'overage_rate', 'refuse', 'absorb'] as const, (k) => t(`overages.${k}`)).filter((o) => w.unit === 'hours' || o.value !== 'overage_rate')} />
        {w.overage === 'overage_rate' && <MoneyField name="overage_rate" label={t('overageRate')} currency={currency} required />}
      </FieldRow>
      <FieldRow>
        <SelectField name="alert_by" label={t('alert.label')} help={t('alert.help')} empty={t('alert.by.none')} options={options(['amount', 'percent'] as const, (k) => t(`alert.by.${k}`))} />
        {w.alert_by === 'amount' && <Amount name="alert.amount" label={t('alert.amount')} required {...unit} />}
        {w.alert_by === 'percent' && <NumberField name="alert.percent" label={t('alert.percent')} help={t('alert.percentHelp')} required unit="%" />}
      </FieldRow>
      <CheckboxField name="shown_to_client" label={t('shown')} />
    </FormDialog>
  );
}

function useCurrency(retainer: RetainerView | undefined, clientId: string): string {
  const me = useMe();
  const client = useClientsGetQuery({ id: clientId }, { skip: Boolean(retainer) || !clientId }).data;
  return retainer?.currency ?? client?.currency ?? (me?.agency as { currency?: string } | undefined)?.currency ?? 'EUR';
}

function Whose({ clientId }: { clientId: string }) {
  const t = useT();
  const [text, setText] = useState('');
  const q = useDebounced(text);
  const clients = useClientsListQuery({ q, limit: 50 });
  const projects = useProjectsListQuery({ clientId, limit: 100 }, { skip: !clientId });
  return (
    <FieldRow>
      <AutocompleteField name="client_id" label={t('client')} required onSearch={setText} loading={clients.isFetching} options={(clients.data?.items ?? []).map((x) => ({ value: x.id, label: x.name, sub: x.code }))} />
      <AutocompleteField name="project_id" label={t('project')} placeholder={t('allProjects')} loading={projects.isFetching} options={(projects.data?.items ?? []).map((x) => ({ value: x.id, label: x.name, sub: x.code }))} />
    </FieldRow>
  );
}
