using Ebb.Core.Gates;

namespace Ebb.Core.Tests.Gates;

public sealed class ConversionWebhookSpecs
{
    [Theory]
    [InlineData("lab.dev/v1", "Widget", true)]
    [InlineData("lab.dev/v1", "Widget", true, "v2")]
    // Nothing is ever converted, whatever its definition says.
    [InlineData("lab.dev/v1", "Widget", false, "v1")]
    [InlineData("lab.dev/v1", "Gadget", false, "v2")]
    [InlineData("labs.dev/v1", "Widget", false, "v2")]
    [InlineData("lab.dev/v3", "Widget", false, "v2")]
    public void It_is_asked_for_a_kind_of_more_than_one_version(
        string apiVersion,
        string kind,
        bool asked,
        string beside = "v1beta1"
    ) =>
        Assert.Equal(
            asked,
            new ConversionWebhook(
                "widgets.lab.dev",
                "Widget",
                new HashSet<string> { "lab.dev/v1", $"lab.dev/{beside}" },
                "lab",
                "convert"
            ).IsAskedFor(new(apiVersion, kind, "shop", "press"))
        );
}
