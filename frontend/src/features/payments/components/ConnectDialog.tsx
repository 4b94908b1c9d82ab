import { valibotResolver } from '@hookform/resolvers/valibot';
import Typography from '@mui/material/Typography';
import { useForm } from 'react-hook-form';
import * as v from 'valibot';
import { session } from '../../../shared/api/session';
import { FormDialog } from '../../../shared/ui/dialogs';
import { CountryField } from '../../../shared/ui/fields';
import { usePaymentAccountConnectMutation, type PaymentAccount } from '../api';
import { useT } from '../locales/en';

/** The way to the provider's onboarding: with the country for a new account, which keeps it. */
export function ConnectDialog({ account: a, onClose }: { account: PaymentAccount; onClose: () => void }) {
  const t = useT();
  const [connect] = usePaymentAccountConnectMutation();
  const fresh = a.state === 'none' || a.state === 'gone';
  const schema = v.object({ country: v.pipe(v.string(), v.trim(), v.toUpperCase()) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { country: '' } });
  return (
    <FormDialog
      open
      title={t('connect')}
      form={form}
      submitLabel={t(fresh ? 'connect' : 'goOn')}
      onClose={onClose}
      onSubmit={async ({ country }) => {
        const { url } = await connect({ paymentConnect: fresh && country ? { country } : {} }).unwrap();
        session.go(url);
      }}
    >
      <Typography>{t(`says.${a.state}`)}</Typography>
      {fresh && <CountryField name="country" label={t('country')} help={t('countryHelp')} autoFocus />}
    </FormDialog>
  );
}
