import { useForm, useWatch } from 'react-hook-form';
import { valibotResolver } from '@hookform/resolvers/valibot';
import * as v from 'valibot';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import Typography from '@mui/material/Typography';
import { useCommon } from '../../../shared/lib/i18n';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { NotInPlan, useLacks } from '../../../shared/ui/NotInPlan';
import { useCreateTokenMutation, useTokenScopesQuery } from '../api';
import { useT } from '../locale';

const day = 86_400_000;
const lifetimes = ['30', '90', '365', ''] as const;

export function TokenDialog({ onClose, onMade }: { onClose: () => void; onMade: (token: string) => void }) {
  const t = useT();
  const c = useCommon();
  const [create] = useCreateTokenMutation();
  const lacks = useLacks('api_tokens');
  const schema = v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(1, c('error.required')), v.maxLength(80)),
    reach: v.string(),
    scopes: v.array(v.string()),
    days: v.string(),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { name: '', reach: '*:read', scopes: [] as string[], days: '90' } });
  const reach = useWatch({ control: form.control, name: 'reach' });
  const chosen = useWatch({ control: form.control, name: 'scopes' });
  return (
    <FormDialog
      open
      title={t('tokens.create')}
      form={form}
      submitLabel={c('action.create')}
      blocked={lacks && <NotInPlan feature="api_tokens" />}
      onClose={onClose}
      onSubmit={async (values) => {
        if (values.reach === '' && values.scopes.length === 0) {
          form.setError('scopes', { type: 'required', message: t('tokens.scopesNone') });
          return;
        }
        const made = await create({
          name: values.name,
          scopes: values.reach === '' ? values.scopes : [values.reach],
          expires_at: values.days === '' ? undefined : new Date(Date.now() + Number(values.days) * day).toISOString(),
        }).unwrap();
        onMade(made.token);
      }}
    >
      <TextField name="name" label={t('tokens.name')} help={t('tokens.nameHelp')} maxLength={80} autoFocus required />
      <SelectField
        name="reach"
        label={t('tokens.scopes')}
        help={t('tokens.scopesHelp')}
        options={[{ value: '*:read', label: t('tokens.scopeRead') }, { value: '', label: t('tokens.scopeSome') }, { value: '*', label: t('tokens.scopeAll') }]}
      />
      {reach === '' && (
        <Scopes
          chosen={chosen}
          error={form.formState.errors.scopes?.message}
          onChange={(scopes) => { form.clearErrors('scopes'); form.setValue('scopes', scopes, { shouldDirty: true }); }}
        />
      )}
      <SelectField name="days" label={t('tokens.expires')} options={lifetimes.map((d) => ({ value: d, label: d === '' ? t('tokens.forever') : t('tokens.days', { count: Number(d) }) }))} />
    </FormDialog>
  );
}

/** Single permissions, in groups of the modules they belong to. */
function Scopes({ chosen, error, onChange }: { chosen: string[]; error?: string; onChange: (scopes: string[]) => void }) {
  const t = useT();
  const { data } = useTokenScopesQuery();
  const groups = new Map<string, string[]>();
  for (const s of data?.items ?? []) {
    if (s.startsWith('*') || s.endsWith('.*')) continue;
    const module = s.split('.')[0] ?? s;
    groups.set(module, [...(groups.get(module) ?? []), s]);
  }
  return (
    <Box role="group" aria-label={t('tokens.parts')}>
      {error && <FormHelperText error role="alert">{error}</FormHelperText>}
      <Box sx={{ border: 1, borderColor: error ? 'error.main' : 'divider', borderRadius: 1, p: 3, maxHeight: 280, overflow: 'auto' }} tabIndex={0}>
        {[...groups].map(([module, items]) => (
          <Box key={module} sx={{ mb: 2 }}>
            <Typography variant="body2" sx={{ fontWeight: 620, textTransform: 'capitalize' }}>{module}</Typography>
            {items.map((s) => (
              <FormControlLabel
                key={s}
                sx={{ display: 'flex', ml: 0 }}
                control={<Checkbox size="small" checked={chosen.includes(s)} onChange={(_, on) => onChange(on ? [...chosen, s] : chosen.filter((x) => x !== s))} />}
                label={s.slice(module.length + 1)}
              />
            ))}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
