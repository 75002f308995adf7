#!/usr/bin/env bash
# A certificate authority of one's own, and the server's certificate: own-ca.sh FOLDER NAME [NAME or ADDRESS ...]
# The authority may sign for the NAMEs, the names below them and the ADDRESSes alone, so a computer that trusts it trusts
# nothing else by it. Run again: the authority stays, the server's certificate is made anew (it is good for 397 days).
set -euo pipefail
umask 077
folder=$1 name=$2
shift 2

may_sign="permitted;DNS:$name" names="DNS:$name" addresses=0
for address in "$@"; do
    if [[ ! $address =~ ^[0-9.]+$|: ]]; then
        names+=",DNS:$address"
        if [[ $address != *".$name" ]]; then may_sign+=",permitted;DNS:$address"; fi
        continue
    fi
    addresses=1 mask=255.255.255.255
    if [[ $address == *:* ]]; then mask=ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff; fi
    may_sign+=",permitted;IP:$address/$mask"
    names+=",IP:$address"
done
# Whatever kind of name is not spoken of, it could sign all of.
if [ $addresses -eq 0 ]; then may_sign+=",excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:::/::"; fi

mkdir -p "$folder"
cd "$folder"
if [ -f ca.crt ] && [ ! -f ca.key ]; then
    echo "ca.key is not in $folder: bring it back from where it is kept. (A new authority would have to be trusted by" \
        "every computer anew; for that, take ca.crt away too.)" >&2
    exit 1
fi
if [ ! -f ca.key ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out ca.key
    openssl req -x509 -new -sha256 -key ca.key -days 3650 -out ca.crt -subj "/O=Baolei/CN=Baolei own CA for $name" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -addext "nameConstraints=critical,$may_sign"
fi
trap 'rm -f server.key.new server.crt.new server.csr server.ext' EXIT
openssl ecparam -name prime256v1 -genkey -noout -out server.key.new
openssl req -new -sha256 -key server.key.new -subj "/CN=$name" -out server.csr
printf '%s\n' "basicConstraints=CA:FALSE" "keyUsage=digitalSignature" "extendedKeyUsage=serverAuth" \
    "subjectAltName=$names" >server.ext
openssl x509 -req -sha256 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 397 -extfile server.ext \
    -out server.crt.new
if ! openssl verify -CAfile ca.crt server.crt.new; then
    echo "This authority may not sign for $names: it was made for others. The certificate in use stays as it is." >&2
    exit 1
fi
mv server.key.new server.key
mv server.crt.new server.crt
chmod 644 ca.crt server.crt
openssl x509 -in server.crt -noout -enddate
