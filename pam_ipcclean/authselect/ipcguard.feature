# authselect-profiles(5): a custom profile with the feature with-ipcguard. Once:
#   authselect create-profile ipcguard --base-on sssd
# then add this line at the end of system-auth and of password-auth in
# /etc/authselect/custom/ipcguard/, and
#   authselect select custom/ipcguard with-ipcguard
# Without authselect, add it, up to the blank, to /etc/pam.d/system-auth and password-auth.
session     optional                                     pam_ipcclean.so {include if "with-ipcguard"}
