#!/usr/bin/env bash
# A certificate authority of one's own, and the server's certificate: own-ca.sh FOLDER NAME [ADDRESS ...]
# The authority may sign for NAME and the names below it alone, so a computer that trusts it trusts nothing else by it.
# Run again: the authority stays, the server's certificate is made anew (it is good for 397 days).
set -euo pipefail
umask 077
folder=$1 name=$2
shift 2

may_sign="permitted;DNS:$name" names="DNS:$name"
for address in "$@"; do
    may_sign+=",permitted;IP:$address/255.255.255.255"
    names+=",IP:$address"
done

mkdir -p "$folder"
cd "$folder"
if [ ! -f ca.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -sha256 -key ca.key -days 3650 -out ca.crt -subj "/O=Baolei/CN=Baolei own CA for $name" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -addext "nameConstraints=critical,$may_sign"
fi
openssl ecparam -name prime256v1 -genkey -noout -out server.key.new
openssl req -new -sha256 -key server.key.new -subj "/CN=$name" -out server.csr
printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=digitalSignature" "extendedKeyUsage=serverAuth" \
    "subjectAltName=$names" >server.ext
openssl x509 -req -sha256 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 397 -extfile server.ext \
    -out server.crt.new
openssl verify -CAfile ca.crt server.crt.new
mv server.key.new server.key
mv server.crt.new server.crt
rm server.csr server.ext
chmod 644 ca.crt server.crt
