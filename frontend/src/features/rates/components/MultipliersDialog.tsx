import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo } from 'react';
import { useForm, useWatch, type FieldErrors, type Resolver } from 'react-hook-form';
import { useRateMultipliersCreateMutation, useRateMultipliersPreviewMutation, type NewRateMultipliers } from '../../../shared/api/gen/rates.gen';
import type { Day } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { timeZones } from '../../../shared/lib/zones';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, CheckboxField, DateField, DecimalField, SelectField, TimeField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { businessWeek, factorKinds, weekdays, type Hours } from '../model';

type Values = {
  level: NewRateMultipliers['level'];
  client_id: string;
  project_id: string;
  zone: string;
  region: string;
  valid_from: string;
  valid_to: string;
  week: Hours[];
  after_hours: string;
  saturday: string;
  sunday: string;
  holiday: string;
  reprice: boolean;
};

type Named = { id: string; name: string };
type Props = { day: Day; client: string; project: string; clients: Named[]; projects: Named[]; regions: { code: string; name: string }[]; onClose: () => void };

const named = (all: Named[]) => all.map((x) => ({ value: x.id, label: x.name }));
const needs = (v: Values): (keyof Values)[] => ['valid_from', 'zone', ...(v.level === 'client' ? ['client_id' as const] : v.level === 'project' ? ['project_id' as const] : [])];

/** What is agreed from a day on about when work is done. */
export function MultipliersDialog({ day, client, project, clients, projects, regions, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const own = useMe()?.agency.time_zone ?? '';
  const zones = useMemo(() => timeZones(own), [own]);
  const [create] = useRateMultipliersCreateMutation();
  const resolver: Resolver<Values> = (v) => {
    const errors: FieldErrors<Values> = {};
    for (const name of needs(v)) if (!v[name]) errors[name] = { type: 'required', message: c('error.required') } as never;
    for (const k of factorKinds) if (!/^\d{1,3}(\.\d{1,4})?$/.test(v[k]) || Number(v[k]) > 100) errors[k] = { type: 'format', message: t('multipliers.factor') };
    const week = v.week.map((h) => (h.opens === '' && h.closes === '' ? undefined : h.opens === '' || h.closes === '' ? t('multipliers.both') : h.closes !== '00:00' && h.closes <= h.opens ? t('multipliers.closesAfter') : undefined));
    if (week.some(Boolean)) errors.week = week.map((message) => (message ? { closes: { type: 'order', message } } : undefined)) as never;
    return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: v, errors: {} };
  };
  const form = useForm<Values>({
    resolver,
    defaultValues: {
      level: project ? 'project' : client ? 'client' : 'agency', client_id: client, project_id: project, zone: own, region: '', valid_from: day, valid_to: '',
      week: weekdays.map((d) => (d === 'saturday' || d === 'sunday' ? { opens: '', closes: '' } : { opens: '08:00', closes: '18:00' })),
      after_hours: '1.5', saturday: '1.5', sunday: '2', holiday: '2', reprice: false,
    },
  });
  const level = useWatch({ control: form.control, name: 'level' });
  const save = async (v: Values) => {
    const done = await create({ newRateMultipliers: body(v) }).unwrap();
    toast(done.effect.entries > 0 ? t('multipliers.done', { count: done.effect.entries }) : t('saved'));
    onClose();
  };
  return (
    <FormDialog open wide title={t('multipliers.new')} form={form} onSubmit={save} onClose={onClose}>
      <FieldRow>
        <SelectField name="level" label={t('multipliers.whose')} options={(['agency', 'client', 'project'] as const).map((x) => ({ value: x, label: t(`levels.${x}`) }))} />
        {level === 'client' && <AutocompleteField name="client_id" label={t('client')} options={named(clients)} required />}
        {level === 'project' && <AutocompleteField name="project_id" label={t('project')} options={named(projects)} required />}
      </FieldRow>
      <FieldRow>
        <DateField name="valid_from" label={t('card.from')} required />
        <DateField name="valid_to" label={t('card.to')} help={t('multipliers.toHelp')} />
      </FieldRow>
      <FieldRow>
        <AutocompleteField name="zone" label={t('multipliers.zone')} help={t('multipliers.zoneHelp')} options={zones} required />
        <AutocompleteField name="region" label={t('multipliers.region')} options={regions.map((r) => ({ value: r.code, label: r.name, sub: r.code }))} />
      </FieldRow>
      <Typography variant="h3" component="h3">{t('multipliers.factors')}</Typography>
      <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', sm: 'repeat(4, minmax(0, 1fr))' } }}>
        {factorKinds.map((k) => <DecimalField key={k} name={k} label={t(`multipliers.kinds.${k}`)} required />)}
      </Box>
      <Typography variant="h3" component="h3">{t('multipliers.hours')}</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('multipliers.hoursText')}</Typography>
      <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))' }}>
        {weekdays.flatMap((d, i) => [
          <TimeField key={`${d}o`} name={`week.${i}.opens`} label={t('multipliers.opens', { day: t(`multipliers.day.${d}`) })} />,
          <TimeField key={`${d}c`} name={`week.${i}.closes`} label={t('multipliers.closes', { day: t(`multipliers.day.${d}`) })} />,
        ])}
      </Box>
      <CheckboxField name="reprice" label={t('multipliers.reprice')} />
      <Preview values={useWatch({ control: form.control }) as Values} />
    </FormDialog>
  );
}

function body(v: Values): NewRateMultipliers {
  return {
    level: v.level, zone: v.zone, valid_from: v.valid_from, week: businessWeek(v.week), reprice: v.reprice,
    after_hours: v.after_hours, saturday: v.saturday, sunday: v.sunday, holiday: v.holiday,
    ...(v.region ? { region: v.region } : {}), ...(v.valid_to ? { valid_to: v.valid_to } : {}),
    ...(v.level === 'client' ? { client_id: v.client_id } : v.level === 'project' ? { project_id: v.project_id } : {}),
  };
}

const sum = (all: MoneyValue[]) => (all.length > 0 ? all.map((m) => formatMoney(m)).join(' + ') : '–');

/** How many entries would count by them, and what that does to their worth, before it is saved. */
function Preview({ values }: { values: Values }) {
  const t = useT();
  const [preview, { data, error, isLoading }] = useRateMultipliersPreviewMutation();
  const ready = values.reprice && needs(values).every((k) => values[k]);
  const asked = useDebounced(ready ? JSON.stringify(body(values)) : '');
  useEffect(() => {
    if (asked) void preview({ newRateMultipliers: JSON.parse(asked) as NewRateMultipliers });
  }, [asked, preview]);
  const text = !ready ? '' : error ? t('revise.noPreview') : !data || isLoading ? t('revise.counting') : data.entries === 0 ? t('revise.none') : `${t('revise.effect', { count: data.entries, before: sum(data.before), after: sum(data.after) })} ${t('revise.kept')}`;
  return <Typography role="status" variant="body2" sx={{ minHeight: 40, color: 'text.secondary' }}>{text}</Typography>;
}
