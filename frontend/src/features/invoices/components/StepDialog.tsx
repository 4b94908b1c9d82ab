import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { useDebounced } from '../../../shared/lib/hooks';
import { FormDialog } from '../../../shared/ui/dialogs';
import { SelectField, TextField } from '../../../shared/ui/fields';
import { useRemindersPreviewMutation, type ReminderText } from '../api';
import { useT } from '../locales/en';
import { toStep, type StepValues, type Texts } from '../reminders';

const languages = ['en', 'de', 'fr', 'es'] as const;
type Language = (typeof languages)[number];
type Values = { language: Language; texts: Record<Language, Required<ReminderText>> };

/** The letter of a step, language by language, with an example of how it reads. */
export function StepDialog({ step, writes, onClose, onDone }: { step: StepValues; writes: boolean; onClose: () => void; onDone: (texts: Texts) => void }) {
  const t = useT();
  const of = (l: Language) => ({ subject: step.texts[l]?.subject ?? '', message: step.texts[l]?.message ?? '' });
  const form = useForm<Values>({ defaultValues: { language: 'en', texts: { en: of('en'), de: of('de'), fr: of('fr'), es: of('es') } } });
  const language = useWatch({ control: form.control, name: 'language' });
  const text = useDebounced(useWatch({ control: form.control, name: `texts.${language}` }), 300);
  const [preview] = useRemindersPreviewMutation();
  const [shown, setShown] = useState<ReminderText | null>(null);
  useEffect(() => {
    let gone = false;
    void (async () => {
      try {
        const letter = await preview({ reminderPreview: { language, step: toStep({ ...step, texts: { [language]: text } }) } }).unwrap();
        if (!gone) setShown(letter);
      } catch {
        if (!gone) setShown(null); // a word in braces that stands for nothing; saving says which
      }
    })();
    return () => { gone = true; };
  }, [preview, language, step, text]);
  return (
    <FormDialog
      open
      wide
      title={t('remind.letterTitle')}
      form={form}
      submitLabel={t('remind.take')}
      blocked={!writes && null}
      onClose={onClose}
      onSubmit={async (x) => {
        // The server knows which words in braces stand for something.
        for (const l of languages) await preview({ reminderPreview: { language: l, step: { days: 1, texts: { [l]: x.texts[l] } } } }).unwrap();
        onDone(Object.fromEntries(languages.filter((l) => x.texts[l].subject || x.texts[l].message).map((l) => [l, x.texts[l]])));
        onClose();
      }}
    >
      <SelectField name="language" label={t('look.language')} options={languages.map((l) => ({ value: l, label: t(`look.languages.${l}`) }))} />
      <TextField key={`s-${language}`} name={`texts.${language}.subject`} label={t('send.subject')} help={t('remind.usual')} maxLength={200} />
      <TextField key={`m-${language}`} name={`texts.${language}.message`} label={t('send.message')} help={t('remind.places')} multiline rows={6} maxLength={10000} />
      <Box component="section" aria-label={t('draft.preview')} aria-live="polite" sx={{ border: 1, borderColor: 'divider', borderRadius: 1, p: 4, minHeight: 220, overflowWrap: 'anywhere' }}>
        {shown ? (
          <>
            <Typography sx={{ fontWeight: 650, mb: 2 }}>{shown.subject}</Typography>
            <Typography sx={{ whiteSpace: 'pre-line' }}>{shown.message}</Typography>
          </>
        ) : <Typography sx={{ color: 'text.secondary' }}>{t('remind.noPreview')}</Typography>}
      </Box>
    </FormDialog>
  );
}
