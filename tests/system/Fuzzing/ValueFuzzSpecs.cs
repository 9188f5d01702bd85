using Ebb.Core.Capacity;
using Ebb.Scaler.Triggers;

namespace Ebb.Tests.Fuzzing;

/// <summary>Single values that tenants write: trigger metadata and quantities.</summary>
public sealed class ValueFuzzSpecs
{
    [Fact]
    public void Metadata_of_triggers() =>
        Fuzz.Run(
            "metadata",
            [
                "\n",
                "=",
                "FromEnv=",
                "24:00",
                "0",
                "-1",
                "2147483648",
                "1e999",
                "100%",
                "Mon-Fri",
                "UTC",
                ",",
                "PT1H",
                "follow=capacity\n",
            ],
            text =>
            {
                Dictionary<string, string> pairs = new(StringComparer.Ordinal);
                foreach (var line in text.Split('\n'))
                    if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
                        pairs[line[..at]] = line[(at + 1)..];
                var (metadata, faults) = TriggerMetadataReader.Read(pairs);
                Assert.Equal(metadata is null, faults.Count > 0);
                return metadata is not null;
            }
        );

    [Fact]
    public void Quantities() =>
        Fuzz.Run(
            "quantity",
            [
                "e",
                "E",
                "Ei",
                "Ki",
                "n",
                "u",
                "m",
                ".",
                "-",
                "+",
                "0",
                "9",
                "e999999",
                "e-30",
                "00000000",
                "999999999999",
            ],
            text =>
            {
                var right = Quantity.TryParse(text.TrimEnd('\n'), 1000, out var units);
                Assert.True(units >= 0);
                return right;
            }
        );
}
