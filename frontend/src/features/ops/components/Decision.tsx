import Button from '@mui/material/Button';
import { toast } from '../../../shared/ui/Toast';
import { useOpsMeQuery } from '../api';
import { useT } from '../locales/en';

interface Call {
  unwrap(): Promise<unknown>;
}

interface Props {
  request: { state: string; requested_by: string };
  takeBack: string;
  onApprove: () => Call;
  onCancel: () => Call;
}

/** What is to be done about an order or a payback that waits: another operator agrees to it, anybody takes it back. */
export function Decision({ request, takeBack, onApprove, onCancel }: Props) {
  const t = useT();
  const me = useOpsMeQuery().data?.email;
  if (request.state !== 'waiting') return null;
  const press = (call: () => Call) => () => void call().unwrap().catch(toast.failed);
  return (
    <>
      {me !== request.requested_by && <Button size="small" onClick={press(onApprove)}>{t('billing.approve')}</Button>}
      <Button size="small" color="inherit" onClick={press(onCancel)}>{takeBack}</Button>
    </>
  );
}
