import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import { useState } from 'react';
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

type Question = { count: number; answer: (yes: boolean) => void };

/** Which statements are to be sent, and beside it who will get one and who will not. */
export function StatementsForm() {
  const t = useT();
  const c = useCommon();
  const now = today(useMe()?.agency.time_zone);
  const navigate = useNavigate();
  const [start] = useStatementRunsStartMutation();
  const [left, setLeft] = useState<string[]>([]);
  const [count, setCount] = useState<number>();
  const [question, setQuestion] = useState<Question | null>(null);
  const need = v.pipe(v.string(), v.minLength(1, c('error.required')));
  const last = addMonths(startOfMonth(now), -1);
  const form = useForm({
    resolver: valibotResolver(v.looseObject({ from: need, to: need })) as never,
    defaultValues: { from: last, to: endOfMonth(last), who: 'open' as (typeof whos)[number] },
  });
  const x = useWatch({ control: form.control });
  const wish: NewStatementRun = { from: x.from ?? '', to: x.to ?? '', who: x.who ?? 'open', ...(left.length > 0 && { leave_out: left }) };
  const asked = useDebounced(JSON.stringify(wish));
  const settle = (yes: boolean) => {
    question?.answer(yes);
    setQuestion(null);
  };
  const save = async () => {
    if (!count) {
      form.setError('to', { message: t('statements.nobody') });
      return;
    }
    // Mails cannot be taken back, so one is asked. What the server refuses then stands at the fields.
    const yes = await new Promise<boolean>((answer) => setQuestion({ count, answer }));
    if (!yes) return;
    const made = await start({ newStatementRun: wish }).unwrap();
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
      <StatementsAhead wish={JSON.parse(asked) as NewStatementRun} left={left} onLeft={setLeft} onCount={setCount} />
      <ConfirmDialog open={question !== null} title={t('statements.ask', { count: question?.count ?? 0 })} text={t('statements.askText', { day: formatDay(x.to ?? '') })} confirmLabel={t('statements.sendTo', { count: question?.count ?? 0 })} onClose={() => settle(false)} onConfirm={async () => settle(true)} />
    </Box>
  );
}
