#include "train/sections/shared.h"

namespace koine::train {

const Section<DataConfig>& data_section() {
  using D = DataConfig;
  static const Section<D> section{
      "data",
      "the examples",
      {setting(&D::file, "file",
               "a table (.csv, .tsv), a text (.txt), a folder of images, or arrays (.npy, .npz, .safetensors, IDX)", {},
               required),
       setting(&D::label, "label", "the column to learn"),
       setting(&D::targets, "targets", "the columns of quantities to learn, by name, in place of a label"),
       setting(&D::scale, "scale", "the other columns are multiplied by it"),
       setting(&D::shape, "shape", "of one example, the channels last; by default it stays a row",
               {.bounds = from_one}),
       setting(&D::inputs, "inputs", "parts of an example with names, for models with several inputs"),
       setting(&D::train, "train", "the rows to learn from"),
       setting(&D::test, "test", "the rows to judge by, or a part of all; by default none"),
       setting(&D::validate, "validate", "the rows to watch the run by, or a part of the training rows"),
       setting(&D::labels, "labels", "the file with the labels of an array"),
       setting(&D::size, "size", "of images: height and width, or one number for both", {.bounds = from_one}),
       setting(&D::channels, "channels", "of images", {.choices = {"color", "grey"}}),
       setting(&D::augment, "augment", "random changes of training images",
               {.choices = {"flip", "shift", "crop", "rotate", "noise", "cut_out", "mixup"}}),
       setting(&D::damaged, "damaged", "what a damaged row or image does", {.choices = {"stop", "skip"}}),
       setting(&D::text, "text", "the column of texts to learn from, in place of all others"),
       setting(&D::unit, "unit", "of text", {.choices = {"character", "byte"}}),
       setting(&D::length, "length", "of text: the longest sequence; 0 for the longest text", {.bounds = not_negative}),
       setting(&D::bucket, "bucket", "batches of texts of about the same length"),
       setting(&D::x, "x", "the array of the inputs in a file of several (.npz, .safetensors)"),
       setting(&D::y, "y", "the array of what is learnt in a file of several"),
       setting(&D::memory, "memory", "how many megabytes of examples are kept in memory",
               {.bounds = {.low = 0, .high = 1e12, .open_low = true}}),
       setting(&D::expansion, "expansion", "how many times its size a compressed file may expand to, beyond 64 MiB",
               {.bounds = positive}),
       setting(&D::pixels, "pixels", "the most pixels of an image that is read", {.bounds = from_one}),
       setting(&D::numeric, "numeric", "the columns of numbers to learn from, by name"),
       setting(&D::categorical, "categorical", "the columns of texts to learn from, by name"),
       setting(&D::max_categories, "max_categories",
               "how many values of a column of texts are told apart, the most frequent ones; the others are one",
               {.bounds = {.low = 1, .high = 1e6}}),
       setting(&D::missing, "missing", "what stands where a value is missing"),
       setting(&D::encoding, "encoding", "what tables and texts are in, as \"latin-1\"; by default UTF-8"),
       setting(&D::delimiter, "delimiter", "what is between the columns", {.choices = {",", ";", "\t", "|"}})}};
  return section;
}

}  // namespace koine::train
