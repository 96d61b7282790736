SELECT :'a', :"table_name", :a, :list, :'list', x[1:a], y::text, :'none' FROM :"a".t WHERE :b
