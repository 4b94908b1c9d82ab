import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useNavigate } from 'react-router';
import * as v from 'valibot';
import { addMonths, endOfMonth, formatDay, startOfMonth, today } from '../../../shared/lib/dates';
import { useDebounced } from '../../../shared/lib/hooks';
import { useCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { ConfirmDialog } from '../../../shared/ui/dialogs';
import { DateField, SelectField } from '../../../shared/ui/fields';
import { FieldRow, Form } from '../../../shared/ui/form';
import { Section } from '../../../shared/ui/states';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { useStatementRunsStartMutation, whos, type NewStatementRun } from '../statements';
import { StatementsAhead } from './StatementsAhead';

type Answer = (yes: boolean) => void;

/** Which statements are to be sent, and beside it who will get one and who will not. */
export function StatementsForm() {
  const t = useT();
  const c = useCommon();
  const now = today(useMe()?.agency.time_zone);
  const navigate = useNavigate();
  const [start] = useStatementRunsStartMutation();
  // Who is left out is left out of these statements: other days are other clients.
  const [out, setOut] = useState({ of: '', ids: [] as string[] });
  const [found, setFound] = useState<number>();
  const [answer, setAnswer] = useState<{ call: Answer } | null>(null);
  const need = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const last = addMonths(startOfMonth(now), -1);
  const form = useForm({
    resolver: valibotResolver(v.pipe(v.looseObject({ from: need, to: v.pipe(need, v.check((d) => d <= now, t('statements.future'))) }), v.forward(v.check((i) => i.from <= i.to, t('before')), ['to']))) as never,
    defaultValues: { from: last, to: endOfMonth(last), who: 'open' as (typeof whos)[number] },
  });
  const x = useWatch({ control: form.control });
  // The look ahead waits for days that make sense, so what is wrong with them is said at once.
  useEffect(() => {
    void form.trigger(['from', 'to']);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- another day is the reason to look at both again
  }, [x.from, x.to, form]);
  const wish: NewStatementRun = { from: x.from ?? '', to: x.to ?? '', who: x.who ?? 'open' };
  const wanted = JSON.stringify(wish);
  const asked = useDebounced(wanted);
  const left = out.of === wanted ? out.ids : [];
  const count = found === undefined || asked !== wanted ? undefined : found - left.length;
  const settle = (yes: boolean) => {
    answer?.call(yes);
    setAnswer(null);
  };
  const save = async () => {
    if (count === undefined) return; // who gets one is being looked up
    if (count === 0) {
      form.setError('to', { message: t('statements.nobody') });
      return;
    }
    // Mails cannot be taken back, so one is asked. What the server refuses then stands at the fields.
    const yes = await new Promise<boolean>((call) => setAnswer({ call }));
    if (!yes) return;
    const made = await start({ newStatementRun: { ...wish, ...(left.length > 0 && { leave_out: left }) } }).unwrap();
    toast(t('statements.started'));
    await navigate(`/statement-runs/${made.id}`);
  };
  return (
    <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 2fr) minmax(0, 5fr)' }, alignItems: 'start' }}>
      <Section>
        <Form form={form} onSubmit={save} submitLabel={count ? t('statements.sendTo', { count }) : t('statements.send')}>
          <FieldRow>
            <DateField name="from" label={t('statements.from')} required />
            <DateField name="to" label={t('statements.to')} required max={now} />
          </FieldRow>
          <SelectField name="who" label={t('statements.who')} options={whos.map((w) => ({ value: w, label: t(`statements.whos.${w}`) }))} />
        </Form>
      </Section>
      <StatementsAhead wish={JSON.parse(asked) as NewStatementRun} left={left} onLeft={(ids) => setOut({ of: wanted, ids })} onCount={setFound} />
      <ConfirmDialog open={answer !== null} title={t('statements.ask', { count: count ?? 0 })} text={t('statements.askText', { day: formatDay(x.to ?? '') })} confirmLabel={t('statements.sendTo', { count: count ?? 0 })} onClose={() => settle(false)} onConfirm={async () => settle(true)} />
    </Box>
  );
}
