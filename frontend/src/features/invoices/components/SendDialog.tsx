import { useInvoicesLetterQuery, useInvoicesSendMutation, type InvoiceView } from '../api';
import { useT } from '../locales/en';
import { LetterDialog } from './LetterDialog';

/** The mail with an invoice. */
export function SendDialog({ invoice, onClose }: { invoice: InvoiceView; onClose: () => void }) {
  const t = useT();
  const letter = useInvoicesLetterQuery({ id: invoice.id });
  const [send] = useInvoicesSendMutation();
  return (
    <LetterDialog
      title={t('send.title', { number: invoice.number })}
      letter={letter.data}
      receipts={invoice.lines.some((l) => l.kind === 'expense')}
      done={t('send.done')}
      onSend={(invoiceLetter) => send({ id: invoice.id, invoiceLetter }).unwrap()}
      onClose={onClose}
    />
  );
}
