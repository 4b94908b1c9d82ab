import Box from '@mui/material/Box';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Typography from '@mui/material/Typography';
import { useEffect } from 'react';
import { useFormContext } from 'react-hook-form';
import { useRatesPreviewRevisionMutation, type RateTiers, type RateView } from '../../../shared/api/gen/rates.gen';
import { useDebounced } from '../../../shared/lib/hooks';
import { formatMoney, type MoneyValue } from '../../../shared/lib/money';
import { DateField } from '../../../shared/ui/fields';
import { useT } from '../locales/en';
import { ifMatch } from '../model';

export const reaches = ['new', 'from', 'unbilled'] as const;
export type Reach = (typeof reaches)[number];

/** Asks which time another price is for, and tells before it is saved how many entries and how much money that changes. */
export function ReachFields({ rate, perHour, tiers }: { rate: RateView; perHour: string; tiers?: RateTiers }) {
  const t = useT();
  const form = useFormContext<{ reach: Reach; from: string }>();
  const [reach, from] = form.watch(['reach', 'from']);
  return (
    <Box sx={{ display: 'grid', gap: 3 }}>
      <FormControl>
        <FormLabel id="reach">{t('revise.for')}</FormLabel>
        <RadioGroup aria-labelledby="reach" value={reach} onChange={(_, x) => form.setValue('reach', x as Reach)}>
          {reaches.map((x) => <FormControlLabel key={x} value={x} control={<Radio size="small" />} label={t(`revise.reach.${x}`)} sx={{ minHeight: 40 }} />)}
        </RadioGroup>
      </FormControl>
      {reach === 'from' && <DateField name="from" label={t('revise.from')} required />}
      <Preview rate={rate} perHour={perHour} tiers={tiers} reach={reach} from={from} />
    </Box>
  );
}

const sum = (all: MoneyValue[]) => (all.length > 0 ? all.map((m) => formatMoney(m)).join(' + ') : '–');

function Preview({ rate, perHour, tiers, reach, from }: { rate: RateView; perHour: string; tiers?: RateTiers; reach: Reach; from: string }) {
  const t = useT();
  const [preview, { data, error, isLoading }] = useRatesPreviewRevisionMutation();
  const asked = useDebounced(JSON.stringify({ perHour, tiers, reach, from: reach === 'from' ? from : '' }));
  useEffect(() => {
    const x = JSON.parse(asked) as { perHour: string; tiers?: RateTiers; reach: Reach; from: string };
    if (x.reach === 'from' && !x.from) return;
    void preview({ id: rate.id, 'If-Match': ifMatch(rate.version), rateRevision: { per_hour: x.perHour, ...(x.tiers ? { tiers: x.tiers } : {}), reach: x.reach, ...(x.from ? { from: x.from } : {}) } });
  }, [asked, preview, rate.id, rate.version]);
  const text = error ? t('revise.noPreview') : !data || isLoading ? t('revise.counting') : data.entries === 0 ? t('revise.none') : t('revise.effect', { count: data.entries, before: sum(data.before), after: sum(data.after) });
  return <Typography role="status" variant="body2" sx={{ minHeight: 40, color: 'text.secondary' }}>{text}{data && data.entries > 0 && !error ? ` ${t('revise.kept')}` : ''}</Typography>;
}
