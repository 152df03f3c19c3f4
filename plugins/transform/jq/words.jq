# words.jq - the words of rules, as functions. README.md is what they mean.
#
# $weir__in is what weir hands in: [rule, event, record, org host, source name]. A value that weir computes once the
# program has run is an object with the one member $weir__mark. Functions that are no words begin with weir__.

def weir__do($what): {($weir__mark): $what};
def weir__is_mark: type == "object" and has($weir__mark);
def weir__text:
  if type == "string" then . elif type == "number" or type == "boolean" then tojson
  elif . == null then null else error("not a text: \(tojson)") end;

def at(path): [path?][0];

def time:      if . == null then null else weir__do(["time", .]) end;
def micros:    if . == null then null else weir__do(["micros", .]) end;
def precision: if . == null then null else weir__do(["precision", .]) end;
def ip:        if . == null then null else weir__do(["ip", .]) end;
def int:       if . == null then null else weir__do(["int", .]) end;
def number:    if . == null or type == "number" then . else weir__do(["number", .]) end;
def bool:      if . == null or type == "boolean" then . else weir__do(["bool", .]) end;
def hash($algorithm): if . == null then null else weir__do(["hash", ., $algorithm]) end;
def raw:       weir__do(["raw"]);
def keyed($pairs): weir__do(["keyed", $pairs]);

def maybe(f):
  (try f catch (if type == "object" then error(.) else null end)) as $value
  | if $value | weir__is_mark then weir__do(["maybe", $value]) else $value end;

def known:
  if type == "string" then
    if length > 7 then .
    elif . == "" then null
    elif (.[0:1] | . == "u" or . == "U" or . == "n" or . == "N")
         and (ascii_downcase | . == "unknown" or . == "null" or . == "n/a") then null
    else . end
  elif type == "number" or type == "boolean" then .
  else null end;

def lower: weir__text | if . == null then null else ascii_downcase end;
def upper: weir__text | if . == null then null else ascii_upcase end;
def trim:
  def weir__blank: . == 32 or . == 9 or . == 13 or . == 10;
  weir__text
  | if . == null or . == "" then null
    elif (.[0:1] + .[-1:]) | explode | any(weir__blank) then
      explode as $signs
      | [range(0; $signs | length) | select($signs[.] | weir__blank | not)] as $kept
      | if $kept == [] then null else .[$kept[0]:$kept[-1] + 1] end
    else . end;

def first(f):
  [f | select(. != null)]
  | if length == 0 then null elif length > 1 and (.[0] | weir__is_mark) then weir__do(["first", .]) else .[0] end;
def given(when; f):
  when as $when
  | if $when == null or $when == false then null
    elif $when | weir__is_mark then weir__do(["given", $when, f])
    else f end;
def unless(when; f):
  when as $when
  | if $when == null or $when == false then f
    elif $when | weir__is_mark then weir__do(["unless", $when, f])
    else null end;
def same(a; b):
  (a | weir__text) as $a | (b | weir__text) as $b | if $a == null or $b == null then null else $a == $b end;

def weir__key: if type == "object" or type == "array" then null else weir__text end;
def pick($table):
  weir__key as $key
  | if . == null then null
    elif $key != null and ($table | has($key)) then $table[$key]
    else error("not in the dictionary, and no otherwise is given: \(tojson)") end;
def pick($table; $otherwise):
  weir__key as $key
  | if $key != null and ($table | has($key)) then $table[$key] else $otherwise end;
def lookup($table):
  weir__key as $key
  | if $key == null then null elif $table | type == "string" then $weir__tables[$table][$key] else $table[$key] end;

def after($separator):
  weir__text
  | if . == null then null
    else split($separator) | if length < 2 then null else .[1:] | join($separator) | if . == "" then null else . end end
    end;
def format($format; $values):
  (reduce $values[] as $value ([]; if . == null or $value == null then null else . + [$value | weir__text] end)) as $texts
  | ($format | split("%s") | map(split("%%") | join("%"))) as $parts
  | if $texts == null then null
    elif ($parts | length) != ($texts | length) + 1 then error("format has not as many %s as values")
    else reduce range(0; $texts | length) as $i ($parts[0]; . + $texts[$i] + $parts[$i + 1]) end;
def source_json(f): [path(f?)][0] | if . == null then null else weir__do(["source_json", .]) end;
def json: if . == null then null else tojson end;

def weir__pairs:
  if type != "string" or (startswith("{") and endswith("}") | not) then null
  else
    .[1:-1] | split(", ")
    | if (.[0] // "" | contains("=") | not) then null
      else
        reduce .[] as $piece ([];
          if $piece | contains("=") then . + [$piece | split("=") | {name: .[0], value: (.[1:] | join("="))}]
          else .[-1].value += ", " + $piece end)
      end
  end;
def textmap($name):
  weir__pairs | if . == null then null
                else [.[] | select(.name == $name) | .value][-1:][0] | if . == "" then null else . end end;
def textmap_names($value; $separator):
  weir__pairs | if . == null then null
                else [.[] | select(.value == $value) | .name] | join($separator) | if . == "" then null else . end end;

def join($separator):
  if type != "array" then null
  else
    [.[] | select(type == "string" or type == "number" or type == "boolean") | weir__text]
    | if length == 0 then null else reduce .[1:][] as $text (.[0]; . + $separator + $text) end
    | if . == "" then null else . end
  end;

def of_type(types):
  . as $from
  | if type == "array" then
      reduce types as $type (null;
        if . != null then . else [$from[] | select(type == "object" and .type == $type)][0] end)
    elif type == "object" then if any(types; . == $from.type) then . else null end
    else null end;

def setting($name): $weir__settings[$name];
def org_host:    $weir__in[3];
def source_name: $weir__in[4];
def lane:        $weir__in[5];
def drop($why):   error(weir__do(["drop", $why]));
def reject($why): error(weir__do(["reject", $why]));

def tidy:
  if type == "object" then with_entries(select(.value != null) | .value |= tidy)
  elif type == "array" then map(tidy)
  else . end;
