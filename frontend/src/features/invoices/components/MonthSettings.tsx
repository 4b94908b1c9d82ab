import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { valibotResolver } from '@hookform/resolvers/valibot';
import { useEffect } from 'react';
import { useForm } from 'react-hook-form';
import { Link as To } from 'react-router';
import * as v from 'valibot';
import { useStatementRunsMonthQuery, useStatementRunsSaveMonthMutation, type StatementMonth } from '../../../shared/api/gen/statement-runs.gen';
import { formatDay } from '../../../shared/lib/dates';
import { NumberField, SelectField, SwitchField } from '../../../shared/ui/fields';
import { FieldRow, Form } from '../../../shared/ui/form';
import { Section, SkeletonRows } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';

const whos = ['open', 'moved'] as const;
const values = (m: StatementMonth) => ({ enabled: m.enabled, day: m.day as number | null, who: m.who as (typeof whos)[number] });

/** On which day of the month statements go out by themselves. */
export function MonthSettings({ writes }: { writes: boolean }) {
  const t = useT();
  const { data } = useStatementRunsMonthQuery();
  return (
    <Section title={t('month.title')} action={<Button component={To} to="/statement-runs">{t('month.past')}</Button>}>
      {data ? <MonthForm month={data} writes={writes} /> : <SkeletonRows label={t('month.title')} rows={6} />}
    </Section>
  );
}

function MonthForm({ month: m, writes }: { month: StatementMonth; writes: boolean }) {
  const t = useT();
  const [save] = useStatementRunsSaveMonthMutation();
  const schema = v.looseObject({ day: v.pipe(v.number(t('month.dayBad')), v.integer(t('month.dayBad')), v.minValue(1, t('month.dayBad')), v.maxValue(31, t('month.dayBad'))) });
  const form = useForm({ resolver: valibotResolver(schema) as never, defaultValues: values(m), disabled: !writes });
  useEffect(() => form.reset(values(m), { keepDirtyValues: true }), [m, form]);
  return (
    <Form
      form={form}
      onSubmit={async (x) => {
        const saved = await save({ statementMonthInput: { enabled: x.enabled, day: x.day ?? 0, who: x.who, version: m.version } }).unwrap();
        form.reset(values(saved));
        toast(t('settings.saved'));
      }}
    >
      <SwitchField name="enabled" label={t('month.enabled')} help={t('month.enabledHelp')} />
      <FieldRow>
        <NumberField name="day" label={t('month.day')} help={t('month.dayHelp')} />
        <SelectField name="who" label={t('month.who')} options={whos.map((w) => ({ value: w, label: t(`month.whos.${w}`) }))} />
      </FieldRow>
      <Typography variant="body2" role="status" sx={{ color: 'text.secondary' }}>{m.next_on && m.next_to ? t('month.next', { on: formatDay(m.next_on), to: formatDay(m.next_to) }) : t('month.off')}</Typography>
    </Form>
  );
}
