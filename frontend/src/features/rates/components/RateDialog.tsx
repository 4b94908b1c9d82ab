import { valibotResolver } from '@hookform/resolvers/valibot';
import { useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import { useRatesChangeMutation, useRatesCreateMutation, useRatesReviseMutation, type RateCardView, type RateView } from '../../../shared/api/gen/rates.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, MoneyField, SelectField, type Option } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch } from '../model';
import { ReachFields, type Reach } from './Reach';
import { useUndo } from './UndoLast';

type Values = { kind: RateView['kind']; target_id: string; per_hour: string | null; valid_from: string; valid_to: string; reach: Reach; from: string };
type Props = { card: RateCardView; rate?: RateView; day: string; targets: Record<RateView['kind'], Option[]>; onClose: () => void };

export function RateDialog({ card, rate, day, targets, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const [create] = useRatesCreateMutation();
  const [change] = useRatesChangeMutation();
  const [revise] = useRatesReviseMutation();
  const undo = useUndo();
  const required = v.pipe(v.string(c('error.required')), v.minLength(1, c('error.required')));
  const schema = v.looseObject({ target_id: required, per_hour: required, valid_from: required });
  const form = useForm<Values>({
    resolver: valibotResolver(schema) as never,
    defaultValues: { kind: rate?.kind ?? 'member', target_id: rate?.target_id ?? '', per_hour: rate?.per_hour ?? null, valid_from: rate?.valid_from ?? day, valid_to: rate?.valid_to ?? '', reach: 'new', from: day },
  });
  const kind = useWatch({ control: form.control, name: 'kind' });
  const price = useWatch({ control: form.control, name: 'per_hour' });
  const kinds = (['member', 'service', 'position', 'task'] as const).filter((k) => k !== 'task' || card.level === 'project');
  // A new price says which time it is for; the day on which a rate ends is a change of its own.
  const edit = async (r: RateView, x: Values, amount: string) => {
    const priced = !same(amount, r.per_hour);
    if (priced && x.reach === 'from' && !x.from) {
      form.setError('from', { message: c('error.required') });
      return;
    }
    let version = r.version;
    if (x.valid_to !== (r.valid_to ?? '')) version = (await change({ id: r.id, 'If-Match': ifMatch(version), rateChange: { valid_to: x.valid_to } }).unwrap()).version;
    if (!priced) {
      toast(t('saved'));
      onClose();
      return;
    }
    const done = await revise({ id: r.id, 'If-Match': ifMatch(version), rateRevision: { per_hour: amount, reach: x.reach, ...(x.reach === 'from' ? { from: x.from } : {}) } }).unwrap();
    toast(done.effect.entries > 0 ? t('revise.done', { count: done.effect.entries }) : t('saved'), { undo: () => void undo.run(done.revision_id) });
    onClose();
  };
  const save = async (x: Values) => {
    const amount = x.per_hour ?? '';
    if (rate) {
      await edit(rate, x, amount);
      return;
    }
    await create({ id: card.id, newRate: { kind: x.kind, target_id: x.target_id, per_hour: amount, valid_from: x.valid_from, ...(x.valid_to ? { valid_to: x.valid_to } : {}) } }).unwrap();
    toast(t('saved'));
    onClose();
  };
  return (
    <FormDialog open title={t(rate ? 'card.edit' : 'card.add')} form={form} onSubmit={save} onClose={onClose}>
      <FieldRow>
        <SelectField name="kind" label={t('card.kind')} disabled={Boolean(rate)} options={kinds.map((k) => ({ value: k, label: t(`card.kinds.${k}`) }))} />
        <AutocompleteField key={kind} name="target_id" label={t(`card.kinds.${kind}`)} disabled={Boolean(rate)} required options={targets[kind]} />
      </FieldRow>
      <MoneyField name="per_hour" label={t('card.perHour')} currency={card.currency} required />
      <FieldRow>
        <DateField name="valid_from" label={t('card.from')} disabled={Boolean(rate)} required />
        <DateField name="valid_to" label={t('card.to')} help={t('card.toHelp')} />
      </FieldRow>
      {rate && price && !same(price, rate.per_hour) && <ReachFields rate={rate} perHour={price} />}
    </FormDialog>
  );
}

const same = (a: string, b: string | null): boolean => b !== null && Number(a) === Number(b);
