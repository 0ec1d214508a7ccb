module belay.test/samples

go 1.24
