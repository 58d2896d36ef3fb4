"""What only a station of OCPP 1.6 can be asked (chapter 5 and the security extension): one file per feature profile."""
