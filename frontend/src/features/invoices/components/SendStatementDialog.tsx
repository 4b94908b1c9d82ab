import { useMemo } from 'react';
import { useInvoicesStatementLetterQuery, useInvoicesStatementSendMutation } from '../api';
import { useT } from '../locales/en';
import { LetterDialog } from './LetterDialog';

/** The mail with a client's statement of these days. */
export function SendStatementDialog({ clientId, client, from, to, onClose }: { clientId: string; client: string; from: string; to: string; onClose: () => void }) {
  const t = useT();
  const proposed = useInvoicesStatementLetterQuery({ clientId, from, to }).data;
  const letter = useMemo(() => proposed && { ...proposed, to: proposed.recipients }, [proposed]);
  const [send] = useInvoicesStatementSendMutation();
  return (
    <LetterDialog
      title={t('statement.sendTitle', { client })}
      letter={letter}
      field="recipients"
      done={t('statement.sendDone')}
      onSend={({ to: recipients, subject, message }) => send({ statementToSend: { client_id: clientId, from, to, recipients, subject, message } }).unwrap()}
      onClose={onClose}
    />
  );
}
