import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import { useTimeSettingsChangeMutation, type TimeSettingsView } from '../../../shared/api/gen/time.gen';
import type { LegalEntityView } from '../../../shared/api/gen/invoices.gen';
import { formatDay } from '../../../shared/lib/dates';
import { formatDuration } from '../../../shared/lib/duration';
import { useCommon } from '../../../shared/lib/i18n';
import { DateField, NumberField, SelectField, SwitchField } from '../../../shared/ui/fields';
import { FieldRow, Fields, Form } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locale';
import { billed, roundingModes, roundingScopes, type Rounding } from '../timeRules';

const holidayRules = ['lower', 'fill'] as const;
const overlaps = ['allow', 'warn', 'refuse'] as const;
const approvalRoutes = ['anyone', 'lead', 'manager', 'lead_manager', 'manager_lead'] as const;
const periods = ['week', 'month'] as const;
const sheetPeriods = ['week', 'half_month', 'month'] as const;
const minutes = (seconds: number) => seconds / 60;

/** How worked time becomes billed time, and what happens to entries that overlap. */
export function TimeRulesForm({ settings, entities, writes }: { settings: TimeSettingsView; entities: LegalEntityView[]; writes: boolean }) {
  const t = useT();
  const c = useCommon();
  const [change] = useTimeSettingsChangeMutation();
  const schema = useMemo(() => {
    const number = (least: number) => v.pipe(v.number(c('error.required')), v.integer(t('time.whole')), v.minValue(least, t('time.range', { least })), v.maxValue(1440, t('time.range', { least })));
    const closing = v.object({ on: v.boolean(), every: v.picklist(periods), days: v.pipe(v.number(c('error.required')), v.integer(t('time.wholeDays')), v.minValue(0, t('time.daysRange')), v.maxValue(90, t('time.daysRange'))) });
    return v.object({
      rounding: v.object({ mode: v.picklist(roundingModes), scope: v.picklist(roundingScopes), step_seconds: number(1), minimum_seconds: number(0) }),
      overlap: v.picklist(overlaps),
      approval_route: v.picklist(approvalRoutes),
      own_exception: v.boolean(),
      members_set_billable: v.boolean(),
      holidays: v.picklist(holidayRules),
      forgotten_hours: v.pipe(v.number(c('error.required')), v.integer(t('time.hoursRange')), v.minValue(1, t('time.hoursRange')), v.maxValue(24, t('time.hoursRange'))),
      grace: closing,
      entity_graces: v.array(v.object({ entity_id: v.string(), grace: closing })),
      period: v.object({ every: v.picklist(sheetPeriods), from: v.string() }),
    });
  }, [c, t]);
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: values(settings, entities), disabled: !writes });
  useEffect(() => form.reset(values(settings, entities), { keepDirtyValues: true }), [settings, entities, form]);
  const rule = useWatch({ control: form.control, name: 'rounding' });
  const grace = useWatch({ control: form.control, name: 'grace' });
  const graces = useWatch({ control: form.control, name: 'entity_graces' });
  const every = useWatch({ control: form.control, name: 'period.every' });
  const holidays = useWatch({ control: form.control, name: 'holidays' });
  const { next } = settings.period;
  return (
    <Form
      form={form}
      onSubmit={async ({ rounding, entity_graces, period, ...same }) => {
        const was = values(settings, entities);
        const saved = await change({ 'If-Match': `"${settings.version}"`, timeSettingsChange: {
          ...same, rounding: inSeconds(rounding),
          ...(JSON.stringify(entity_graces) !== JSON.stringify(was.entity_graces) && { entity_graces }),
          ...((period.every !== was.period.every || period.from !== was.period.from) && { period: { every: period.every, ...(period.from && period.every !== settings.period.every && { from: period.from }) } }),
        } }).unwrap();
        form.reset(values(saved, entities));
        toast(t('time.saved'));
      }}
    >
      <Box sx={{ display: 'grid', gap: 4, '& > section': { mb: 0 } }}>
      <Section title={t('time.sheets')}>
        <SelectField name="period.every" label={t('time.sheetsEvery')} help={t('time.sheetsHelp')} options={sheetPeriods.map((p) => ({ value: p, label: t(`time.sheetsPeriods.${p}`) }))} />
        {every !== settings.period.every && <Box sx={{ mt: 4 }}><DateField name="period.from" label={t('time.sheetsFrom')} help={t('time.sheetsFromHelp')} /></Box>}
        {next && <Typography variant="body2" role="status" sx={{ mt: 3, color: 'text.secondary' }}>{t(`time.sheetsNext.${next.every}`, { day: formatDay(next.from) })}</Typography>}
      </Section>
      <Section title={t('time.approval')}>
        <Fields>
          <SelectField name="approval_route" label={t('time.approvalRoute')} help={t('time.approvalHelp')} options={approvalRoutes.map((r) => ({ value: r, label: t(`time.routes.${r}`) }))} />
          <SwitchField name="own_exception" label={t('time.ownException')} help={t('time.ownExceptionHelp')} />
        </Fields>
      </Section>
      <Section title={t('time.grace')}>
        <Fields>
          <SwitchField name="grace.on" label={t('time.graceOn')} help={t('time.graceHelp')} />
          {grace.on && (
            <FieldRow>
              <SelectField name="grace.every" label={t('time.graceEvery')} options={periods.map((x) => ({ value: x, label: t(`time.periods.${x}`) }))} />
              <NumberField name="grace.days" label={t('time.graceDays')} unit={t('time.days')} required />
            </FieldRow>
          )}
          {entities.length > 1 && graces.map(({ entity_id, grace: own }, i) => {
            const name = entities.find((e) => e.id === entity_id)?.name ?? '';
            return (
              <Fields key={entity_id}>
                <SwitchField name={`entity_graces.${i}.grace.on`} label={t('time.graceOf', { name })} help={i === 0 ? t('time.graceOfHelp') : undefined} />
                {own.on && (
                  <FieldRow>
                    <SelectField name={`entity_graces.${i}.grace.every`} label={t('time.graceOfEvery', { name })} options={periods.map((x) => ({ value: x, label: t(`time.periods.${x}`) }))} />
                    <NumberField name={`entity_graces.${i}.grace.days`} label={t('time.graceOfDays', { name })} unit={t('time.days')} required />
                  </FieldRow>
                )}
              </Fields>
            );
          })}
        </Fields>
      </Section>
      <Section title={t('time.rounding')}>
        <Typography sx={{ color: 'text.secondary', mb: 4 }}>{t('time.roundingText')}</Typography>
        <Fields>
          <FieldRow>
            <SelectField name="rounding.mode" label={t('time.mode')} options={roundingModes.map((m) => ({ value: m, label: t(`time.modes.${m}`) }))} />
            <SelectField name="rounding.scope" label={t('time.scope')} help={t(`time.scopesHelp.${rule.scope}`)} options={roundingScopes.map((s) => ({ value: s, label: t(`time.scopes.${s}`) }))} />
          </FieldRow>
          {rule.mode !== 'none' && (
            <FieldRow>
              <NumberField name="rounding.step_seconds" label={t('time.step')} unit={t('time.minutes')} required />
              <NumberField name="rounding.minimum_seconds" label={t('time.minimum')} unit={t('time.minutes')} help={t('time.minimumHelp')} />
            </FieldRow>
          )}
        </Fields>
        <Typography variant="body2" role="status" sx={{ mt: 4, color: 'text.secondary' }}>{t('time.example', { time: formatDuration(billed([420, 420, 420], inSeconds(rule))) })}</Typography>
      </Section>
      <Section title={t('time.billable')}>
        <SwitchField name="members_set_billable" label={t('time.setBillable')} help={t('time.setBillableHelp')} />
      </Section>
      <Section title={t('time.holidays')}>
        <SelectField name="holidays" label={t('time.holidaysLabel')} help={t(`time.holidaysHelp.${holidays}`)} options={holidayRules.map((h) => ({ value: h, label: t(`time.holidayRules.${h}`) }))} />
      </Section>
      <Section title={t('time.overlap')}>
        <SelectField name="overlap" label={t('time.overlapLabel')} help={t('time.overlapHelp')} options={overlaps.map((o) => ({ value: o, label: t(`time.overlaps.${o}`) }))} />
      </Section>
      <Section title={t('time.timers')}>
        <NumberField name="forgotten_hours" label={t('time.forgotten')} unit={t('time.hours')} help={t('time.forgottenHelp')} required />
      </Section>
      </Box>
    </Form>
  );
}

// The fields speak in minutes and are named as the server names them, so that its refusals find them.
const values = (s: TimeSettingsView, entities: LegalEntityView[]) => ({
  period: { every: s.period.next?.every ?? s.period.every, from: s.period.next?.from ?? '' },
  entity_graces: entities.filter((e) => !e.archived_at).map((e) => ({ entity_id: e.id, grace: s.entity_graces.find((g) => g.entity_id === e.id)?.grace ?? { on: false, every: 'month' as const, days: 5 } })),
  overlap: s.overlap,
  approval_route: s.approval_route,
  own_exception: s.own_exception,
  members_set_billable: s.members_set_billable,
  holidays: s.holidays,
  forgotten_hours: s.forgotten_hours,
  grace: s.grace.on || s.grace.days > 0 ? s.grace : { ...s.grace, days: 5 },
  rounding: { ...s.rounding, step_seconds: minutes(s.rounding.step_seconds), minimum_seconds: minutes(s.rounding.minimum_seconds) },
});
const inSeconds = (r: Rounding): Rounding => ({ mode: r.mode, scope: r.scope, step_seconds: r.step_seconds * 60, minimum_seconds: r.minimum_seconds * 60 });
