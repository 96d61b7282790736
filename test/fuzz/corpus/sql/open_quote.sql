SELECT 'never ends; :a
$x$ "