import { useForm, useWatch, type FieldErrors, type Resolver } from 'react-hook-form';
import { useRatesChangeMutation, useRatesCreateMutation, useRatesReviseMutation, type RateCardView, type RateView } from '../../../shared/api/gen/rates.gen';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { AutocompleteField, DateField, MoneyField, SelectField, type Option } from '../../../shared/ui/fields';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useT } from '../locales/en';
import { ifMatch, sameTiers, tierValues, tiersOf, type TierValues } from '../model';
import { ReachFields, type Reach } from './Reach';
import { TierFields } from './Tiers';
import { useUndo } from './UndoLast';

type Values = { kind: RateView['kind']; target_id: string; per_hour: string | null; tiers: TierValues; valid_from: string; valid_to: string; reach: Reach; from: string };
type Props = { card: RateCardView; rate?: RateView; day: string; targets: Record<RateView['kind'], Option[]>; onClose: () => void };

export function RateDialog({ card, rate, day, targets, onClose }: Props) {
  const t = useT();
  const c = useCommon();
  const [create] = useRatesCreateMutation();
  const [change] = useRatesChangeMutation();
  const [revise] = useRatesReviseMutation();
  const undo = useUndo();
  const resolver: Resolver<Values> = (x) => {
    const errors: FieldErrors<Values> = {};
    for (const name of ['target_id', 'per_hour', 'valid_from'] as const) if (!x[name]) errors[name] = { type: 'required', message: c('error.required') };
    const steps = x.tiers.per === '' ? [] : x.tiers.steps.map((_, n) => wrongTier(x.tiers, n));
    const says = { required: c('error.required'), positive: t('tiers.positive'), ascending: t('tiers.ascending'), ofDay: t('tiers.ofDay'), negative: t('tiers.negative') };
    const at = (why: keyof typeof says | undefined) => (why ? { type: why, message: says[why] } : undefined);
    if (steps.some((s) => s.from ?? s.price)) errors.tiers = { steps: steps.map((s) => ({ from_seconds: at(s.from), per_hour: at(s.price) })) } as never;
    return Object.keys(errors).length > 0 ? { values: {}, errors } : { values: x, errors: {} };
  };
  const form = useForm<Values>({
    resolver,
    defaultValues: { kind: rate?.kind ?? 'member', target_id: rate?.target_id ?? '', per_hour: rate?.per_hour ?? null, tiers: tierValues(rate), valid_from: rate?.valid_from ?? day, valid_to: rate?.valid_to ?? '', reach: 'new', from: day },
  });
  const kind = useWatch({ control: form.control, name: 'kind' });
  const price = useWatch({ control: form.control, name: 'per_hour' });
  const tiers = useWatch({ control: form.control, name: 'tiers' });
  const kinds = (['member', 'service', 'position', 'task'] as const).filter((k) => k !== 'task' || card.level === 'project');
  // A new price says which time it is for; the day on which a rate ends is a change of its own.
  const edit = async (r: RateView, x: Values, amount: string) => {
    const retiered = !sameTiers(x.tiers, tierValues(r));
    const priced = !same(amount, r.per_hour) || retiered;
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
    const done = await revise({ id: r.id, 'If-Match': ifMatch(version), rateRevision: { per_hour: amount, ...(retiered ? { tiers: tiersOf(x.tiers) } : {}), reach: x.reach, ...(x.reach === 'from' ? { from: x.from } : {}) } }).unwrap();
    toast(done.effect.entries > 0 ? t('revise.done', { count: done.effect.entries }) : t('saved'), { undo: () => void undo.run(done.revision_id) });
    onClose();
  };
  const save = async (x: Values) => {
    const amount = x.per_hour ?? '';
    if (rate) {
      await edit(rate, x, amount);
      return;
    }
    await create({ id: card.id, newRate: { kind: x.kind, target_id: x.target_id, per_hour: amount, ...(x.tiers.per === '' ? {} : { tiers: tiersOf(x.tiers) }), valid_from: x.valid_from, ...(x.valid_to ? { valid_to: x.valid_to } : {}) } }).unwrap();
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
      <TierFields currency={card.currency} />
      <FieldRow>
        <DateField name="valid_from" label={t('card.from')} disabled={Boolean(rate)} required />
        <DateField name="valid_to" label={t('card.to')} help={t('card.toHelp')} />
      </FieldRow>
      {rate && price && whole(tiers) && (!same(price, rate.per_hour) || !sameTiers(tiers, tierValues(rate))) && <ReachFields rate={rate} perHour={price} tiers={sameTiers(tiers, tierValues(rate)) ? undefined : tiersOf(tiers)} />}
    </FormDialog>
  );
}

/** Whether all of them are right, so that it can be told what they would do. */
const whole = (x: TierValues): boolean => x.per === '' || (x.steps.length > 0 && x.steps.every((_, n) => Object.values(wrongTier(x, n)).every((why) => why === undefined)));

/** What is wrong with the fields of a tier. */
function wrongTier(x: TierValues, n: number): { from?: 'required' | 'positive' | 'ascending' | 'ofDay'; price?: 'required' | 'negative' } {
  const { from_seconds: from, per_hour: price } = x.steps[n] ?? { from_seconds: null, per_hour: null };
  const before = n > 0 ? (x.steps[n - 1]?.from_seconds ?? 0) : 0;
  return {
    from: from === null ? 'required' : from <= 0 ? 'positive' : from <= before ? 'ascending' : x.per === 'day' && from >= 25 * 3600 ? 'ofDay' : undefined,
    price: !price ? 'required' : Number(price) < 0 ? 'negative' : undefined,
  };
}

const same = (a: string, b: string | null): boolean => b !== null && Number(a) === Number(b);
