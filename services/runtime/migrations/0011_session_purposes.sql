alter table session add column purposes text[];
comment on column session.purposes is 'Null: the provider narrows nothing.';
