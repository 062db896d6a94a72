// Whose CustomResourceDefinitions the end-to-end tests install: config/crd of the module (Apache-2.0). Nothing is built.
module cofferdam.dev/test/cluster/openreports

go 1.26

require github.com/openreports/reports-api v0.2.1
