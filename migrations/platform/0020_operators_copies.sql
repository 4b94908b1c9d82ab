-- Operators throw away the copies that a move or a restore has left, and take a restore back.
ALTER TABLE operator_tasks
    DROP CONSTRAINT operator_tasks_kind_check,
    ADD CONSTRAINT operator_tasks_kind_check CHECK (kind IN ('migrate', 'export', 'restore', 'move', 'drop_moved', 'drop_restored', 'undo_restore'));
