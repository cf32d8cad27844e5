-- Numbers that are set apart for the second factor, and which of them is offered first.
ALTER TABLE identifications ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE identifications ADD COLUMN default_second_factor BOOLEAN NOT NULL DEFAULT FALSE;
