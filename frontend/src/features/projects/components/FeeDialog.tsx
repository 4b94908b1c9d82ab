import { valibotResolver } from '@hookform/resolvers/valibot';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useFieldArray, useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { tCommon } from '../../../shared/lib/i18n';
import { useMe } from '../../../shared/lib/me';
import { FormDialog } from '../../../shared/ui/dialogs';
import { DateField, DecimalField, MoneyField, SelectField, TextField } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { useFeesCreateMutation } from '../api';
import { useT } from '../locales/en';

const kinds = ['percent', 'schedule', 'milestones'] as const;
const covers = ['project', 'nothing'] as const;
const required = () => v.pipe(v.string(), v.trim(), v.minLength(1, () => tCommon('error.required')));
const schema = v.object({
  name: required(), kind: v.picklist(kinds), covers: v.picklist(covers), amount: v.nullish(v.string()), retain_percent: v.string(),
  parts: v.array(v.object({ name: v.string(), percent: v.string(), due_on: v.string() })),
});

/** Agrees on a fee. Parts are percentages that make 100; the server shares the amount out to the cent. */
export function FeeDialog({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const t = useT();
  const currency = useMe()?.agency.currency ?? 'EUR';
  const [create] = useFeesCreateMutation();
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: {
      name: '', kind: 'percent' as (typeof kinds)[number], covers: 'project' as (typeof covers)[number], amount: null as string | null | undefined, retain_percent: '',
      parts: [{ name: t('fee.first'), percent: '50', due_on: '' }, { name: t('fee.last'), percent: '50', due_on: '' }],
    },
  });
  const kind = useWatch({ control: form.control, name: 'kind' });
  const parts = useFieldArray({ control: form.control, name: 'parts' });
  return (
    <FormDialog
      open
      title={t('fee.add')}
      form={form}
      submitLabel={t('fee.save')}
      onClose={onClose}
      onSubmit={async (x) => {
        if (!x.amount) {
          form.setError('amount', { message: tCommon('error.required') });
          return;
        }
        await create({
          newFee: {
            project_id: projectId, name: x.name, kind: x.kind, covers: x.covers, amount: { amount: x.amount, currency }, ...(x.retain_percent && { retain_percent: x.retain_percent }),
            ...(x.kind !== 'percent' && { parts: x.parts.map((p) => ({ name: p.name, percent: p.percent, ...(p.due_on && { due_on: p.due_on }) })) }),
          },
        }).unwrap();
        onClose();
      }}
    >
      <TextField name="name" label={t('fee.name')} autoFocus required maxLength={200} />
      <FieldRow>
        <MoneyField name="amount" label={t('fee.amount')} currency={currency} required />
        <SelectField name="kind" label={t('fee.kind')} options={kinds.map((k) => ({ value: k, label: t(`fee.kinds.${k}`) }))} />
      </FieldRow>
      <SelectField name="covers" label={t('fee.covers')} options={covers.map((k) => ({ value: k, label: t(`fee.covered.${k}`) }))} />
      <DecimalField name="retain_percent" label={t('fee.retain')} help={t('fee.retainHelp')} maxLength={10} />
      {kind !== 'percent' && (
        <Box role="group" aria-label={t('fee.parts')} sx={{ display: 'grid', gap: 3 }}>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('fee.partsHelp')}</Typography>
          {parts.fields.map((p, n) => (
            <Box key={p.id} sx={{ display: 'grid', gap: 2, alignItems: 'start', gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 2fr) 110px minmax(0, 1.2fr) auto' } }}>
              <TextField name={`parts.${n}.name`} label={t('fee.part', { n: n + 1 })} maxLength={200} />
              <DecimalField name={`parts.${n}.percent`} label={t('fee.partPercent')} maxLength={10} />
              <DateField name={`parts.${n}.due_on`} label={t('fee.dueOn')} />
              <Button size="small" color="inherit" disabled={parts.fields.length === 1} aria-label={t('fee.removePart', { n: n + 1 })} onClick={() => parts.remove(n)}>{t('fee.remove')}</Button>
            </Box>
          ))}
          <Box><Button size="small" onClick={() => parts.append({ name: '', percent: '', due_on: '' })}>{t('fee.addPart')}</Button></Box>
        </Box>
      )}
    </FormDialog>
  );
}
