-- By which rules legal entities close their time by themselves, besides the one for everybody: [{entity_id, on, days, every, after}].
ALTER TABLE time_settings ADD COLUMN entity_graces jsonb NOT NULL DEFAULT '[]';
