using System.Globalization;
using System.Text;

namespace Ebb.Simulation.Schemas;

/// <summary>The message of the API server's JSON decoder for a text that is not JSON.</summary>
internal static class GoJson
{
    /// <summary>Null: the text is JSON.</summary>
    public static string? Explain(ReadOnlySpan<byte> text)
    {
        var reader = new Scanner(text);
        reader.Space();
        if (!reader.Value() || (reader.Space() && !reader.AtEnd && !reader.Odd("after top-level value")))
        {
            return reader.Why;
        }

        return null;
    }

    private ref struct Scanner(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> text = text;
        private int at;

        public string? Why { get; private set; }

        public readonly bool AtEnd => at >= text.Length;

        private readonly byte Now => at < text.Length ? text[at] : (byte)0;

        public bool Space()
        {
            while (!AtEnd && Now is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                at++;
            }

            return true;
        }

        public bool Odd(string where)
        {
            Why = AtEnd ? "unexpected end of JSON input" : $"invalid character {Quoted(Now)} {where}";
            return false;
        }

        public bool Value() =>
            Now switch
            {
                _ when AtEnd => Odd(""),
                (byte)'{' => Object(),
                (byte)'[' => List(),
                (byte)'"' => Text(),
                (byte)'t' => Word("true"),
                (byte)'f' => Word("false"),
                (byte)'n' => Word("null"),
                (byte)'-' or (>= (byte)'0' and <= (byte)'9') => Number(),
                _ => Odd("looking for beginning of value"),
            };

        private bool Object()
        {
            at++;
            Space();
            if (Now == '}')
            {
                at++;
                return true;
            }

            while (true)
            {
                Space();
                if (Now != '"')
                {
                    return Odd("looking for beginning of object key string");
                }

                if (!Text())
                {
                    return false;
                }

                Space();
                if (Now != ':')
                {
                    return Odd("after object key");
                }

                at++;
                Space();
                if (!Value())
                {
                    return false;
                }

                Space();
                if (Now == '}')
                {
                    at++;
                    return true;
                }

                if (Now != ',')
                {
                    return Odd("after object key:value pair");
                }

                at++;
            }
        }

        private bool List()
        {
            at++;
            Space();
            if (Now == ']')
            {
                at++;
                return true;
            }

            while (true)
            {
                Space();
                if (!Value())
                {
                    return false;
                }

                Space();
                if (Now == ']')
                {
                    at++;
                    return true;
                }

                if (Now != ',')
                {
                    return Odd("after array element");
                }

                at++;
            }
        }

        private bool Text()
        {
            for (at++; !AtEnd; at++)
            {
                if (Now == '"')
                {
                    at++;
                    return true;
                }

                if (Now < 0x20)
                {
                    return Odd("in string literal");
                }

                if (Now == '\\' && !Escape())
                {
                    return false;
                }
            }

            return Odd("");
        }

        private bool Escape()
        {
            at++;
            if (Now == 'u')
            {
                for (var i = 0; i < 4; i++)
                {
                    at++;
                    if (!char.IsAsciiHexDigit((char)Now))
                    {
                        return Odd("in \\u hexadecimal character escape");
                    }
                }

                return true;
            }

            return "bfnrt\\/\"".Contains((char)Now, StringComparison.Ordinal) && !AtEnd
                ? true
                : Odd("in string escape code");
        }

        private bool Word(string word)
        {
            for (var i = 0; i < word.Length; i++, at++)
            {
                if (Now != word[i])
                {
                    return Odd($"in literal {word} (expecting '{word[i]}')");
                }
            }

            return true;
        }

        private bool Number()
        {
            if (Now == '-')
            {
                at++;
            }

            if (!char.IsAsciiDigit((char)Now))
            {
                return Odd("in numeric literal");
            }

            var zero = Now == '0';
            at++;
            while (!zero && char.IsAsciiDigit((char)Now))
            {
                at++;
            }

            if (Now == '.')
            {
                at++;
                if (!Digits("after decimal point in numeric literal"))
                {
                    return false;
                }
            }

            if (Now is (byte)'e' or (byte)'E')
            {
                at++;
                if (Now is (byte)'+' or (byte)'-')
                {
                    at++;
                }

                return Digits("in exponent of numeric literal");
            }

            return true;
        }

        private bool Digits(string where)
        {
            if (!char.IsAsciiDigit((char)Now))
            {
                return Odd(where);
            }

            while (char.IsAsciiDigit((char)Now))
            {
                at++;
            }

            return true;
        }

        private static string Quoted(byte c) =>
            c switch
            {
                (byte)'\'' => @"'\''",
                (byte)'\\' => @"'\\'",
                (byte)'\n' => @"'\n'",
                (byte)'\r' => @"'\r'",
                (byte)'\t' => @"'\t'",
                < 0x20 => "'\\x" + c.ToString("x2", CultureInfo.InvariantCulture) + "'",
                >= 0x7f and < 0xa1 => "'\\u00" + c.ToString("x2", CultureInfo.InvariantCulture) + "'",
                _ => "'" + Encoding.Latin1.GetString([c]) + "'",
            };
    }
}
