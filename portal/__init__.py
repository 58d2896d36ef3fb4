"""What people see: pages, tables, forms and the REST API. Knows nothing of OCPP."""
