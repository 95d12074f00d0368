#include "train/sections/shared.h"

namespace koine::train {

const Section<DataConfig>& data_section() {
  using D = DataConfig;
  static const Section<D> section{
      "data",
      "the examples",
      {setting(&D::file, "file", "a table (.csv or .tsv, also .gz), a folder of images, or arrays (.npy, IDX)", {},
               required),
       setting(&D::label, "label", "the column to learn"),
       setting(&D::scale, "scale", "the other columns are multiplied by it"),
       setting(&D::shape, "shape", "of one example, the channels last; by default it stays a row",
               {.bounds = from_one}),
       setting(&D::train, "train", "the rows to learn from"),
       setting(&D::test, "test", "the rows to judge by, or a part of all; by default none"),
       setting(&D::validate, "validate", "the rows to watch the run by, or a part of the training rows"),
       setting(&D::labels, "labels", "the file with the labels of an array"),
       setting(&D::size, "size", "of images: height and width, or one number for both", {.bounds = from_one}),
       setting(&D::channels, "channels", "of images", {.choices = {"color", "grey"}}),
       setting(&D::augment, "augment", "random changes of training images",
               {.choices = {"flip", "shift", "rotate", "noise", "cut_out"}}),
       setting(&D::damaged, "damaged", "what a damaged image does", {.choices = {"stop", "skip"}}),
       setting(&D::numeric, "numeric", "the columns of numbers to learn from, by name"),
       setting(&D::categorical, "categorical", "the columns of texts to learn from, by name"),
       setting(&D::missing, "missing", "what stands where a value is missing"),
       setting(&D::delimiter, "delimiter", "what is between the columns", {.choices = {",", ";", "\t", "|"}})}};
  return section;
}

}  // namespace koine::train
