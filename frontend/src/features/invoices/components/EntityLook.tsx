import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useFormContext, useWatch } from 'react-hook-form';
import { contrast, readable } from '../../../shared/lib/colour';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { FileDrop } from '../../../shared/ui/FileDrop';
import { FieldRow } from '../../../shared/ui/form';
import { toast } from '../../../shared/ui/Toast';
import { useLegalEntitiesLogoRemoveMutation, useLegalEntitiesLogoSetMutation, type LegalEntityView } from '../api';
import { useT } from '../locales/en';

const hex = /^#[0-9a-f]{6}$/i;

/** How the documents of a legal entity look and speak. */
export function EntityLook({ entity: e, onChanged }: { entity: LegalEntityView | null; /** The logo is saved at once, and the rest of the form goes on from there. */ onChanged: (e: LegalEntityView) => void }) {
  const t = useT();
  const { control, setValue } = useFormContext<{ colour: string }>();
  const colour = useWatch({ control, name: 'colour' });
  const [set, setting] = useLegalEntitiesLogoSetMutation();
  const [remove] = useLegalEntitiesLogoRemoveMutation();
  const bad = hex.test(colour) && contrast(colour, '#ffffff') < 4.5;
  const done = (after: LegalEntityView) => { onChanged(after); toast(t('settings.saved')); };
  return (
    <>
      <FieldRow>
        <SelectField name="language" label={t('look.language')} help={t('look.languageHelp')} options={(['en', 'de', 'fr', 'es'] as const).map((l) => ({ value: l, label: t(`look.languages.${l}`) }))} />
        <SelectField name="layout" label={t('look.layout')} options={(['classic', 'modern', 'compact'] as const).map((l) => ({ value: l, label: t(`look.layouts.${l}`) }))} />
        <TextField name="colour" label={t('look.colour')} help={t('look.colourHelp')} maxLength={7} />
      </FieldRow>
      {bad && (
        <Box role="status" sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
          <Typography variant="body2" sx={{ color: 'error.main' }}>{t('look.colourBad')}</Typography>
          <Button size="small" variant="outlined" onClick={() => setValue('colour', readable(colour, ['#ffffff'], 'dark').toUpperCase(), { shouldDirty: true, shouldValidate: true })}>{t('look.colourTake', { shade: readable(colour, ['#ffffff'], 'dark').toUpperCase() })}</Button>
        </Box>
      )}
      {e ? (
        <Box sx={{ display: 'grid', gap: 2 }}>
          {e.logo_url && (
            <Box sx={{ display: 'flex', gap: 3, alignItems: 'center', flexWrap: 'wrap' }}>
              <Box component="img" src={e.logo_url} alt={t('look.logo')} sx={{ maxHeight: 56, maxWidth: 200, p: 2, bgcolor: '#fff', border: 1, borderColor: 'divider', borderRadius: 1 }} />
              <Button size="small" onClick={() => void remove({ id: e.id }).unwrap().then((x) => done(x as LegalEntityView)).catch(toast.failed)}>{t('look.logoRemove')}</Button>
            </Box>
          )}
          <FileDrop
            label={t('look.logoUpload')}
            accept="image/png,image/jpeg,image/webp"
            maxBytes={2 * 1024 * 1024}
            busy={setting.isLoading}
            onFile={(file) => void set({ id: e.id, body: { file } }).unwrap().then((x) => done(x as LegalEntityView)).catch(toast.failed)}
          />
        </Box>
      ) : <Typography variant="body2" sx={{ color: 'text.secondary' }}>{t('look.logoLater')}</Typography>}
    </>
  );
}
